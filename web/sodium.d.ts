// What the page uses of libsodium-wrappers-sumo (copied to sodium.js by mk/web.mk).
declare const sodium: {
    ready: Promise<void>;
    crypto_generichash(bytes: number, message: Uint8Array, key: Uint8Array | null): Uint8Array;
    crypto_sign_seed_keypair(seed: Uint8Array): { publicKey: Uint8Array; privateKey: Uint8Array };
};
export default sodium;
