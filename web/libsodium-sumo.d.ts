// What the page uses of libsodium-sumo (mk/web.mk takes it apart into this module and its wasm).
export interface Sodium {
    HEAPU8: Uint8Array;
    _malloc(bytes: number): number;
    _free(at: number): void;
    _sodium_init(): number;
    _crypto_generichash(
        out: number, outLen: number, data: number, dataLen: number, dataLenHigh: number, key: number,
        keyLen: number,
    ): number;
    _crypto_hash_sha512(out: number, data: number, dataLen: number, dataLenHigh: number): number;
    _crypto_sign_seed_keypair(publicKey: number, secretKey: number, seed: number): number;
    _crypto_sign_detached(
        signature: number, signatureLen: number, data: number, dataLen: number, dataLenHigh: number,
        secretKey: number,
    ): number;
    _crypto_sign_verify_detached(
        signature: number, data: number, dataLen: number, dataLenHigh: number, publicKey: number,
    ): number;
    _crypto_aead_xchacha20poly1305_ietf_encrypt(
        out: number, outLen: number, data: number, dataLen: number, dataLenHigh: number, ad: number,
        adLen: number, adLenHigh: number, none: number, nonce: number, key: number,
    ): number;
    _crypto_aead_xchacha20poly1305_ietf_decrypt(
        out: number, outLen: number, none: number, data: number, dataLen: number, dataLenHigh: number,
        ad: number, adLen: number, adLenHigh: number, nonce: number, key: number,
    ): number;
    _crypto_core_ristretto255_from_hash(element: number, data: number): number;
    _crypto_core_ristretto255_scalar_reduce(scalar: number, data: number): void;
    _crypto_scalarmult_ristretto255(out: number, scalar: number, element: number): number;
}
export default function createSodium(options: {
    instantiateWasm(imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void): void;
    getRandomValue(): number;
}): Promise<Sodium>;
