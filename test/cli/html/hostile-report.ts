import type { ReadableReport } from '../../../functions/cli/html/read-report.ts';

const HOSTILE = [
  '<script>alert(1)</script>',
  '"><img src=x onerror="alert(1)">',
  "' autofocus onfocus='alert(1)",
  '</style></title><svg onload=alert(1)>',
  'javascript:alert(1)',
  'worker-\u202e1-rekrow\u200b',
  '{{7*7}}&lt;b&gt;&#x3c;i>',
  'w'.repeat(300),
];

/** A report in which every text that others can write is meant to do harm. */
export function hostileReport(report: ReadableReport): ReadableReport {
  const nodes = HOSTILE.map((name, i) => ({
    id: `${name}-${i}`,
    name,
    state: 'running' as const,
    addresses: [name],
    claims: [
      { cidr: name, source: name },
      { cidr: `10.200.${i}.0/24`, source: 'tag' },
    ],
  }));
  const change = { action: 'create', reason: 'claimed', outcome: 'failed', previousNextHop: null } as const;
  return {
    ...report,
    cluster: HOSTILE.slice(0, 6).join(' '),
    nodes,
    tables: HOSTILE.map((name, i) => ({
      id: `${name}-${i}`,
      name,
      routes: 1,
      managed: 1,
      limit: 500,
      quotas: [],
      entries: [
        {
          destination: name,
          nextHop: name,
          state: 'active' as const,
          managed: false,
          node: name,
          nodeId: name,
        },
      ],
    })),
    changes: HOSTILE.map((text) => ({
      ...change,
      table: text,
      destination: text,
      nextHop: text,
      node: text,
      nodeId: text,
      reason: text,
      error: { code: text, message: text, retryable: false },
    })),
    forwarding: HOSTILE.map((text) => ({ node: text, nodeId: text, outcome: 'planned' as const })),
    findings: HOSTILE.map((text) => ({
      code: text,
      severity: 'error' as const,
      node: text,
      nodeId: text,
      table: text,
      cidr: text,
      message: text,
      remedy: text,
    })),
  };
}
