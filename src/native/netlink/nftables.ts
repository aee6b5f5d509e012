// What stands in nf_tables, asked over nfnetlink: no process, so that it can be asked as often as one likes. What is to stand
// there is for nft (docs/adr/0017-networks.md). Numbers in attributes have their highest byte first here.
import { SyscallError } from '../errno.js';
import { decodeAttributes, textOf, type Attribute } from './message.js';
import { NetlinkSocket } from './socket.js';

// linux/netfilter.h, linux/netfilter/nfnetlink.h, linux/netfilter/nf_tables.h
const NETLINK_NETFILTER = 12;
const NFNL_SUBSYS_NFTABLES = 10;
const NFT_MSG_GETTABLE = 1;
const NFT_MSG_GETCHAIN = 4;
const NFT_MSG_GETRULE = 7;
const NFT_MSG_GETGEN = 16;
const NFTA_TABLE_NAME = 1;
const NFTA_TABLE_USERDATA = 6;
const NFTA_CHAIN_TABLE = 1;
const NFTA_CHAIN_NAME = 3;
const NFTA_CHAIN_HOOK = 4;
const NFTA_CHAIN_POLICY = 5;
const NFTA_HOOK_HOOKNUM = 1;
const NFTA_RULE_TABLE = 1;
const NFTA_GEN_ID = 1;
const NF_INET_FORWARD = 2;
const NF_DROP = 0;
const families = { unspec: 0, inet: 1, ip: 2, ip6: 10 } as const;
/** struct nfgenmsg */
const HEADER_BYTES = 4;

export interface ForeignChain {
  readonly family: string;
  readonly table: string;
  readonly name: string;
}

export class Nftables {
  private constructor(private readonly socket: NetlinkSocket) {}

  /** Of the network namespace that the process is in. @throws SyscallError where the kernel has no nfnetlink */
  static open(): Nftables {
    return new Nftables(new NetlinkSocket(NETLINK_NETFILTER));
  }

  close(): void {
    this.socket.close();
  }

  /** Another number than before: somebody has changed something, anywhere in it. @throws SyscallError */
  generation(): number {
    const [answer] = this.#ask(NFT_MSG_GETGEN, families.unspec, [], 'the generation');
    return attributesOf(answer!).get(NFTA_GEN_ID)!.readUInt32BE();
  }

  /** Of a table of the family inet. @returns undefined when it is not there @throws SyscallError */
  table(name: string): { readonly comment: string; readonly rules: number } | undefined {
    try {
      const [answer] = this.#ask(NFT_MSG_GETTABLE, families.inet, [[NFTA_TABLE_NAME, name]], name);
      const userData = attributesOf(answer!).get(NFTA_TABLE_USERDATA);
      const rules = this.#all(NFT_MSG_GETRULE, families.inet, [[NFTA_RULE_TABLE, name]]).length;
      return { comment: commentOf(userData), rules };
    } catch (error) {
      if (error instanceof SyscallError && error.code === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** Chains of anybody's that let nothing be forwarded but what a rule of theirs accepts. @throws SyscallError */
  closedForwardChains(): ForeignChain[] {
    return this.#all(NFT_MSG_GETCHAIN, families.unspec, []).flatMap((answer) => {
      const family = Object.entries(families).find(([, number]) => number === answer[0])?.[0];
      const attributes = attributesOf(answer);
      const hook = attributes.get(NFTA_CHAIN_HOOK);
      if (family === undefined || hook === undefined) return [];
      const isForward = decodeAttributes(hook).get(NFTA_HOOK_HOOKNUM)?.readUInt32BE() === NF_INET_FORWARD;
      if (!isForward || attributes.get(NFTA_CHAIN_POLICY)?.readUInt32BE() !== NF_DROP) return [];
      const [table = '', name = ''] = [NFTA_CHAIN_TABLE, NFTA_CHAIN_NAME].map((type) => textOf(attributes.get(type)));
      return [{ family, table, name }];
    });
  }

  #ask(message: number, family: number, attributes: readonly Attribute[], about: string): Buffer[] {
    return this.socket.request({ type: typeOf(message), flags: 0, body: headerOf(family), attributes }, about);
  }

  #all(message: number, family: number, attributes: readonly Attribute[]): Buffer[] {
    return this.socket.dump({ type: typeOf(message), body: headerOf(family), attributes });
  }
}

function typeOf(message: number): number {
  return (NFNL_SUBSYS_NFTABLES << 8) | message;
}

function headerOf(family: number): Buffer {
  return Buffer.from([family, 0, 0, 0]);
}

function attributesOf(answer: Buffer): Map<number, Buffer> {
  return decodeAttributes(answer.subarray(HEADER_BYTES));
}

/** nft keeps what it has no other place for as a list of a byte of type, one of length, and so many more: the comment has type 0. */
function commentOf(userData: Buffer = Buffer.alloc(0)): string {
  for (let at = 0; at + 2 <= userData.length; at += 2 + userData[at + 1]!)
    if (userData[at] === 0) return textOf(userData.subarray(at + 2, at + 2 + userData[at + 1]!)) ?? '';
  return '';
}
