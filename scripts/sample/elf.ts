/** A whole Linux program, assembled by hand: it writes a text and ends. So the sample runs, and differs by platform. */

const BASE = 0x400000;
/** ELF header and one program header (System V ABI, "Object Files"). */
const HEADERS = 64 + 56;
const EM_X86_64 = 62;
const EM_AARCH64 = 183;

export function elfOf(architecture: 'amd64' | 'arm64', message: string): Uint8Array {
  const text = Buffer.from(message);
  const code = architecture === 'amd64' ? codeOfAmd64(text.length) : codeOfArm64(text.length);
  const size = HEADERS + code.length + text.length;
  const header = Buffer.alloc(HEADERS);
  header.write('\x7fELF\x02\x01\x01', 0, 'latin1');
  header.writeUInt16LE(2, 16); // ET_EXEC
  header.writeUInt16LE(architecture === 'amd64' ? EM_X86_64 : EM_AARCH64, 18);
  header.writeUInt32LE(1, 20);
  header.writeBigUInt64LE(BigInt(BASE + HEADERS), 24); // entry
  header.writeBigUInt64LE(64n, 32); // program headers
  header.writeUInt16LE(64, 52);
  header.writeUInt16LE(56, 54);
  header.writeUInt16LE(1, 56);
  header.writeUInt16LE(64, 58);
  header.writeUInt32LE(1, 64); // PT_LOAD
  header.writeUInt32LE(5, 68); // readable, executable
  header.writeBigUInt64LE(BigInt(BASE), 80);
  header.writeBigUInt64LE(BigInt(BASE), 88);
  header.writeBigUInt64LE(BigInt(size), 96);
  header.writeBigUInt64LE(BigInt(size), 104);
  header.writeBigUInt64LE(0x1000n, 112);
  return Buffer.concat([header, code, text]);
}

/** write(1, text, length); exit(0) */
function codeOfAmd64(length: number): Buffer {
  const code = Buffer.from([
    ...[0xb8, 1, 0, 0, 0], // mov eax, 1
    ...[0xbf, 1, 0, 0, 0], // mov edi, 1
    ...[0x48, 0x8d, 0x35, 16, 0, 0, 0], // lea rsi, [rip + 16]: the text, behind the 16 bytes that follow
    ...[0xba, 0, 0, 0, 0], // mov edx, length
    ...[0x0f, 0x05], // syscall
    ...[0xb8, 60, 0, 0, 0], // mov eax, 60
    ...[0x31, 0xff], // xor edi, edi
    ...[0x0f, 0x05], // syscall
  ]);
  code.writeUInt32LE(length, 18);
  return code;
}

function codeOfArm64(length: number): Buffer {
  const words = [
    0xd2800020, // mov x0, #1
    0x100000e1, // adr x1, #28: the text, seven instructions on
    (0xd2800002 | (length << 5)) >>> 0, // mov x2, #length
    0xd2800808, // mov x8, #64: write
    0xd4000001, // svc #0
    0xd2800000, // mov x0, #0
    0xd2800ba8, // mov x8, #93: exit
    0xd4000001, // svc #0
  ];
  const code = Buffer.alloc(words.length * 4);
  words.forEach((word, i) => code.writeUInt32LE(word, i * 4));
  return code;
}
