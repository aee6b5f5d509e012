// Addresses of IPv4, IPv6 and of links as the kernel has them: bytes, the first one first. Pure.
import { fromByteArray, parse } from 'ipaddr.js';

/** "10.5.0.2" is four bytes, "fd00:5::2" sixteen. Throws Error for what is no address. */
export function addressBytes(text: string): Buffer {
  return Buffer.from(parse(text).toByteArray());
}

/** In its shortest form. */
export function addressText(bytes: Uint8Array): string {
  return fromByteArray([...bytes]).toString();
}

/** "02:42:0a:05:00:02" */
export function macBytes(text: string): Buffer {
  return Buffer.from(text.replaceAll(':', ''), 'hex');
}

export function macText(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(':');
}
