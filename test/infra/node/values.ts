import { CLUSTER_CIDRS } from './script.ts';

/** Values of the tag, and what is written for them. */
export const ACCEPTED = [
  {
    value: '10.200.1.0/24',
    lines: ['POD_CIDR=10.200.1.0/24', 'POD_CIDR_IPV4=10.200.1.0/24'],
    ranges: [[{ subnet: '10.200.1.0/24' }]],
    routes: [{ dst: '0.0.0.0/0' }],
  },
  {
    value: 'fd00:200:0:1::/64',
    lines: ['POD_CIDR=fd00:200:0:1::/64', 'POD_CIDR_IPV6=fd00:200:0:1::/64'],
    ranges: [[{ subnet: 'fd00:200:0:1::/64' }]],
    routes: [{ dst: '::/0' }],
  },
  {
    value: ' FD00:200:0:1::/64 , 10.200.1.0/24,10.200.1.0/24 ',
    lines: [
      'POD_CIDR=10.200.1.0/24,fd00:200:0:1::/64',
      'POD_CIDR_IPV4=10.200.1.0/24',
      'POD_CIDR_IPV6=fd00:200:0:1::/64',
    ],
    ranges: [[{ subnet: '10.200.1.0/24' }], [{ subnet: 'fd00:200:0:1::/64' }]],
    routes: [{ dst: '0.0.0.0/0' }, { dst: '::/0' }],
  },
];

/** Values that are refused, and why. `{marker}` stands for a file that must not come into being. */
export const REFUSED = [
  { value: '', why: 'is empty' },
  { value: 'none', why: 'is not a list of CIDRs' },
  { value: '10.200.1.0', why: 'is not a CIDR' },
  { value: '10.200.1.7/24', why: 'has host bits set' },
  { value: '10.200.01.0/24', why: 'is not a CIDR' },
  { value: '10.200.1.0/024', why: 'is not a CIDR' },
  { value: '10.200.1.0/33', why: 'is not a CIDR' },
  { value: '10.200.1.0/31', why: 'is smaller than a /30' },
  { value: 'fd00:200::1/64', why: 'has host bits set' },
  { value: 'fd00:200::/127', why: 'is smaller than a /126' },
  { value: 'fd00:200:::/64', why: 'is not a CIDR' },
  { value: '10.201.1.0/24', why: `is no part of a cluster CIDR (${CLUSTER_CIDRS})` },
  { value: '10.200.0.0/16', why: 'is no part of a cluster CIDR' },
  { value: '0.0.0.0/0', why: 'is no part of a cluster CIDR' },
  { value: 'fd00:201::/64', why: 'is no part of a cluster CIDR' },
  { value: '10.200.1.0/24,', why: 'has an empty element' },
  { value: '10.200.1.0/24 10.200.2.0/24', why: 'is not a list of CIDRs' },
  { value: '10.200.1.0/24,10.200.2.0/24', why: 'has two of IPv4' },
  { value: 'fd00:200::/64,fd00:200:0:1::/64', why: 'has two of IPv6' },
  { value: '10.200.1.0/24,10.201.2.0/24', why: 'is no part of a cluster CIDR' },
  { value: '$(touch {marker})', why: 'is not a list of CIDRs' },
  { value: '`touch {marker}`', why: 'is not a list of CIDRs' },
  { value: '10.200.1.0/24; touch {marker}', why: 'is not a list of CIDRs' },
  { value: '10.200.1.0/24\ntouch {marker}', why: 'is not a list of CIDRs' },
  { value: '10.200.1.0/24" }]], "type": "sbr', why: 'is not a' },
  { value: "10.200.1.0/24' --output /etc/passwd '", why: 'is not a list of CIDRs' },
  { value: '10.200.1.0/24\\', why: 'is not a list of CIDRs' },
  { value: '*', why: 'is not a list of CIDRs' },
  { value: '-n', why: 'is not a list of CIDRs' },
  { value: '%s%n', why: 'is not a list of CIDRs' },
  { value: '\u001b[2J\r\nforged: a line of its own', why: 'is not a list of CIDRs' },
  { value: '1'.repeat(256), why: 'is not a CIDR' },
];
