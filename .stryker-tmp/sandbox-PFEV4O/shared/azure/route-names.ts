// @ts-nocheck
import type { Cidr } from '../core/cidr.ts';

/**
 * The name of the route to a pod CIDR: the template with the CIDR in it. Different CIDRs have different names:
 * an IPv4 one has five numbers, an IPv6 one all its eight groups of four digits, and its prefix length.
 *
 * @param template with `{cidr}` once; configuration holds it to what Azure allows
 * @example
 * routeName('kubernetes-route-{cidr}', cidr('10.200.0.0/24')); //=> 'kubernetes-route-10-200-0-0-24'
 * routeName('r-{cidr}', cidr('fd00::/64')); //=> 'r-fd00-0000-0000-0000-0000-0000-0000-0000-64'
 */
export function routeName(template: string, cidr: Cidr): string {
  return template.replace('{cidr}', () => `${groupsOf(cidr).join('-')}-${cidr.prefix}`);
}

function groupsOf({ family, first, text }: Cidr): string[] {
  if (family === 4) return (text.split('/')[0] ?? '').split('.');
  return first.toString(16).padStart(32, '0').match(/.{4}/g) ?? [];
}
