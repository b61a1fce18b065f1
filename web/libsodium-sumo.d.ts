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
    _crypto_sign_seed_keypair(publicKey: number, secretKey: number, seed: number): number;
}
export default function createSodium(options: {
    instantiateWasm(imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void): void;
    getRandomValue(): number;
}): Promise<Sodium>;
