// What the page uses of qrcode-generator.
export default function qrcode(version: 0, level: 'L' | 'M' | 'Q' | 'H'): {
    addData(text: string, mode: 'Byte'): void;
    make(): void;
    getModuleCount(): number;
    isDark(row: number, column: number): boolean;
};
