// What IPv6 is to do on an interface of ours, on either side: as files of /proc/sys. Pure.

export interface Setting {
  readonly path: string;
  readonly value: string;
}

/** Before it is up. */
export function ipv6Settings(interfaceName: string, hasIpv6: boolean): Setting[] {
  const path = (name: string) => `/proc/sys/net/ipv6/conf/${interfaceName}/${name}`;
  // Without addresses of ours nobody is to have any: else whoever sits at the other end can give it some (CVE-2020-13401).
  if (!hasIpv6) return [{ path: path('disable_ipv6'), value: '1' }];
  return [
    { path: path('disable_ipv6'), value: '0' },
    // A container that announces itself as a router is not believed.
    { path: path('accept_ra'), value: '0' },
    // Addresses are given out once by us, so that nobody need be asked for a second whether he has one.
    { path: path('accept_dad'), value: '0' },
  ];
}
