import type { FindingCode } from '../core/model.ts';
import type { DiagnosisCode } from './model.ts';

/** The folder of docs/ that the page of each code is in. What is a finding too has one page for both. */
const FOLDERS: { readonly [Code in DiagnosisCode]: Code extends FindingCode ? 'findings' : 'doctor' } = {
  'route-missing': 'doctor',
  'route-blackhole': 'doctor',
  'route-wrong-next-hop': 'doctor',
  'route-write-failed': 'doctor',
  'foreign-route': 'findings',
  'route-table-full': 'findings',
  'route-table-filling': 'findings',
  'subnet-not-routed': 'findings',
  'association-lost': 'doctor',
  'forwarding-disabled': 'findings',
  'security-group-blocks': 'doctor',
  'network-acl-blocks': 'doctor',
  'network-security-group-blocks': 'doctor',
  'node-not-running': 'doctor',
  'different-networks': 'doctor',
  'node-unreachable': 'findings',
  'missing-claim': 'findings',
  'malformed-claim': 'findings',
  'claim-outside-cluster': 'findings',
  'claim-covers-cluster': 'findings',
  'claim-overlaps-network': 'findings',
  'claim-covers-nodes': 'findings',
  'claim-reserved': 'findings',
  'too-many-claims': 'findings',
  'conflicting-claim': 'findings',
  'no-free-cidr': 'findings',
  'host-forwarding': 'doctor',
};

/** @example pageOf('route-missing') //=> 'docs/doctor/route-missing.md' */
export function pageOf(code: DiagnosisCode): string {
  return `docs/${FOLDERS[code]}/${code}.md`;
}
