// biome-ignore-all lint/suspicious/noTemplateCurlyInString: shell variables in user data
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { type ClaimReading, readElements } from '../../../shared/core/claims/elements.ts';
import { readTagClaims, readUserDataClaims } from '../../../shared/core/claims/pod-cidr.ts';
import { searchUserData } from '../../../shared/core/claims/user-data/search.ts';

function textsOf({ claims }: ClaimReading): string[] {
  return claims.map(({ cidr }) => cidr.text);
}

function readBase64(base64: string, key = 'pod-cidr'): ClaimReading {
  return searchUserData(base64, key).reading;
}

function readText(text: string, key?: string): ClaimReading {
  return readBase64(Buffer.from(text).toString('base64'), key);
}

function readBytes(bytes: Buffer): ClaimReading {
  return readBase64(bytes.toString('base64'));
}

function lines(...text: string[]): string {
  return text.join('\n');
}

const CLAIM = '10.200.0.0/24';

describe('readTagClaims', () => {
  it.each([
    ['10.200.0.0/24', ['10.200.0.0/24']],
    ['FD00:200::/64', ['fd00:200::/64']],
    ['10.200.0.0/24,fd00:200::/64', ['10.200.0.0/24', 'fd00:200::/64']],
    [' 10.200.0.0/24 , 10.200.1.0/24 ', ['10.200.0.0/24', '10.200.1.0/24']],
    ['   10.200.0.0/24   ,   10.200.1.0/24   ', ['10.200.0.0/24', '10.200.1.0/24']],
    [`10.200.0.0/24${' '.repeat(256 - 13)}`, ['10.200.0.0/24']],
    ['10.200.0.0/24,10.200.0.0/24', ['10.200.0.0/24']],
    ['fd00::/64,FD00:0::/64', ['fd00::/64']],
    ['', []],
    ['  \t ', []],
  ])('reads "%s" as %j', (value, expected) => {
    const reading = readTagClaims(value);
    expect(textsOf(reading)).toEqual(expected);
    expect(reading.defects).toEqual([]);
  });

  it('says that a claim comes from the tag', () => {
    expect(readTagClaims(CLAIM).claims).toEqual([
      { cidr: expect.objectContaining({ text: CLAIM }), source: 'tag' },
    ]);
  });

  it.each([
    ['10.200.0.5/24', 'has host bits set', '10.200.0.0/24'],
    ['10.200.0.0', 'is not of the form address/prefix', null],
    ['10.200.0.0/33', 'needs a prefix length from 0 to 32', null],
    ['10.200.0.0/24\n', 'has white space, a quote or an escape beside it', null],
    ['"10.200.0.0/24"', 'has white space, a quote or an escape beside it', null],
    ['10.200.0.0/24\\n', 'has white space, a quote or an escape beside it', null],
    ['\t10.200.0.0/24', 'has white space, a quote or an escape beside it', null],
    ['10.200.0.0/33\n', 'needs a prefix length from 0 to 32', null],
    ['none', 'is not of the form address/prefix', null],
  ])('takes %j for a mistake', (value, problem, corrected) => {
    const text = value.trim();
    expect(readTagClaims(value)).toEqual({
      claims: [],
      defects: [{ source: 'tag', text, problem, corrected, correctedList: corrected }],
    });
  });

  it('takes an empty element for a mistake and keeps the others', () => {
    const reading = readTagClaims('10.200.0.0/24,,10.200.1.5/24');
    expect(textsOf(reading)).toEqual(['10.200.0.0/24']);
    expect(reading.defects).toEqual([
      { source: 'tag', text: '', problem: 'has an empty element', corrected: null, correctedList: null },
      {
        source: 'tag',
        text: '10.200.1.5/24',
        problem: 'has host bits set',
        corrected: '10.200.1.0/24',
        correctedList: null,
      },
    ]);
    expect(readTagClaims(',').defects).toHaveLength(2);
  });

  it.each([
    ['10.200.1.5/24,10.200.2.0/24', '10.200.1.0/24,10.200.2.0/24'],
    ['fd00::1/64, 10.200.1.5/24', 'fd00::/64,10.200.1.0/24'],
    ['10.200.1.0/24,10.200.1.5/24', '10.200.1.0/24'],
    ['10.200.1.5/24,none', null],
    ['10.200.1.5/24,', null],
  ])('corrects the whole of %j, or nothing', (value, correctedList) => {
    expect(readTagClaims(value).defects[0]).toMatchObject({ correctedList });
  });

  it.each([
    [`${CLAIM},`.repeat(19), 'is longer than 256 characters'],
    [','.repeat(64), 'has more than 64 elements'],
  ])('makes one mistake of %j', (value, problem) => {
    expect(readTagClaims(value)).toEqual({
      claims: [],
      defects: [{ source: 'tag', text: null, problem, corrected: null, correctedList: null }],
    });
  });

  it('shows 64 characters at most, and no control characters', () => {
    const [defect] = readTagClaims(`\u001b[31m\u202e${'x'.repeat(100)}`).defects;
    expect(defect?.text).toBe(`[31m${'x'.repeat(60)}`);
  });
});

describe('readUserDataClaims', () => {
  it('says that a claim comes from user data', () => {
    expect(readText(`name=worker-0|pod-cidr=${CLAIM}`)).toEqual({
      claims: [{ cidr: expect.objectContaining({ text: CLAIM }), source: 'user-data' }],
      defects: [],
    });
  });

  it.each([
    'name=worker-0|pod-cidr=10.200.0.0/24',
    'pod-cidr=10.200.0.0/24|name=worker-0',
    'pod-cidr=10.200.0.0/24;name=worker-0',
    'name=worker-0\r\npod-cidr=10.200.0.0/24\r\n',
    'pod_cidr=10.200.0.0/24',
    'podCIDR=10.200.0.0/24',
    'POD_CIDR=10.200.0.0/24',
    'Pod-Cidr = 10.200.0.0/24',
    'export POD_CIDR=10.200.0.0/24',
    'export POD_CIDR="10.200.0.0/24"; kubelet',
    "POD_CIDR='10.200.0.0/24' kubelet",
    'pod-cidr: 10.200.0.0/24',
    'podCIDR: "10.200.0.0/24" # of this node',
    "'pod-cidr': '10.200.0.0/24'",
    '{"name":"worker-0","pod-cidr":"10.200.0.0/24"}',
    '{name: worker-0, pod-cidr: 10.200.0.0/24, zone: a}',
    'pod-cidr: [10.200.0.0/24]',
    'pod-cidr:\n  - 10.200.0.0/24\nzone: a',
    'pod-cidr:\n- "10.200.0.0/24" # first\n- \'10.200.0.0/24\'',
    'kubelet --pod-cidr=10.200.0.0/24 --v=2',
    'kubelet --pod-cidr 10.200.0.0/24 --v=2',
    'kubelet --pod-cidr "10.200.0.0/24"',
    'kubelet --pod-cidr=10.200.0.0/24\\\n  --v=2',
    'kubelet \\\n  --pod-cidr \\\n  10.200.0.0/24 \\\n  --v=2',
    'KUBELET_EXTRA_ARGS="--v=2 --pod-cidr=10.200.0.0/24"',
    'Environment="POD_CIDR=10.200.0.0/24"',
    '- --pod-cidr=10.200.0.0/24',
    '--node-labels=pod-cidr=10.200.0.0/24,zone=a',
    'pod-cidr=10.200.0.0/24,10.200.0.0/24',
    'POD_CIDR=10.200.0.0/24\nkubelet --pod-cidr="${POD_CIDR}" --v=2\necho $POD_CIDR',
    '#cloud-config\nwrite_files:\n- path: /etc/node.env\n  content: |\n    POD_CIDR=10.200.0.0/24\n',
    '\ufeffpod-cidr: 10.200.0.0/24',
  ])('finds the claim in %j', (text) => {
    expect(readText(text)).toMatchObject({ claims: [{ cidr: { text: CLAIM } }], defects: [] });
    expect(textsOf(readText(text))).toHaveLength(1);
  });

  it.each([
    'pod-cidr=10.200.0.0/24,fd00:200::/64',
    'pod-cidr: 10.200.0.0/24, fd00:200::/64 # both',
    'pod-cidr="10.200.0.0/24 , fd00:200::/64"|name=a',
    'pod-cidr: [10.200.0.0/24, "fd00:200::/64"]',
    'pod-cidr:\n\n  # both\n  - 10.200.0.0/24\n  - fd00:200::/64\n',
    'kubelet --pod-cidr=10.200.0.0/24,fd00:200::/64 --v=2',
    'pod-cidr=10.200.0.0/24\npod-cidr=fd00:200::/64',
    'pod-cidr=10.200.0.0/24,fd00:200::/64,zone=a',
  ])('finds both families in %j', (text) => {
    const reading = readText(text);
    expect(textsOf(reading)).toEqual([CLAIM, 'fd00:200::/64']);
    expect(reading.defects).toEqual([]);
  });

  it.each([
    '',
    'name=worker-0',
    '# pod-cidr=10.200.0.0/24',
    '  #pod-cidr: 10.200.0.0/24',
    'name=worker-0 # pod-cidr=10.200.0.0/24',
    "echo don't # pod-cidr=10.200.0.0/24",
    'echo "# pod-cidr=10.200.0.0/24"',
    'name=worker-0|#pod-cidr=10.200.0.0/24',
    '; pod-cidr=10.200.0.0/24',
    '// pod-cidr=10.200.0.0/24',
    'cluster-pod-cidr=10.200.0.0/16',
    'CLUSTER_POD_CIDR=10.200.0.0/16',
    '--cluster-cidr=10.200.0.0/16',
    'pod-cidr-mask=24',
    'pod-cidrs=10.200.0.0/24',
    'http://example.org/pod-cidr=10.200.0.0/24',
    'podCIDR: ""',
    'podCIDR: # set by the controller',
    'podCIDR: null',
    'POD_CIDR=',
    'see the --pod-cidr flag',
    '[ pod-cidr == 10.200.0.0/24 ]',
    'grep "^pod-cidr" | cut -d= -f2',
    'echo ${POD_CIDR:-10.200.0.0/24} ${POD_CIDR=10.200.0.0/24}',
    '- pod-cidr:\n- 10.200.0.0/24',
    'pod-cidr:\nzones:\n- 10.200.0.0/24',
  ])('finds no claim and no mistake in %j', (text) => {
    expect(readText(text)).toEqual({ claims: [], defects: [] });
  });

  it.each([
    'POD_CIDR=$1',
    'POD_CIDR="$1"',
    'pod-cidr=${POD_CIDR}',
    'POD_CIDR=${POD_CIDR:-10.200.0.0/24}',
    'POD_CIDR=$(curl -s http://169.254.169.254/latest/user-data | grep "^pod-cidr" | cut -d= -f2)',
    'POD_CIDR=`hostname`/24',
    'POD_CIDR=10.200.${INDEX}.0/24',
    'kubelet --pod-cidr $CIDR',
    'pod-cidr: {{ pod_cidr }}',
    'POD_CIDR=10.200.0.0/24\nPOD_CIDR=$(find-pod-cidr)',
  ])('claims nothing from %j, which only the node can resolve', (text) => {
    expect(readText(text)).toEqual({
      claims: [],
      defects: [
        {
          source: 'user-data',
          text: null,
          problem: 'is a variable or a command, which only the node itself can resolve',
          corrected: null,
          correctedList: null,
        },
      ],
    });
  });

  it.each([
    'pod-cidr=10.200.0.0/24\nPOD_CIDR=10.200.1.0/24',
    'pod-cidr=10.200.0.0/24|pod-cidr=10.200.0.0/25',
    'pod-cidr=10.200.0.0/24|pod-cidr=10.200.1.5/24',
    'pod-cidr=10.200.0.0/24,fd00::/64\npod-cidr=10.200.0.0/24,fd00:1::/64',
    'pod-cidr=10.200.0.0/24\npod-cidr=10.200.0.0/24,10.200.1.0/24',
  ])('claims nothing from %j, which contradicts itself', (text) => {
    expect(readText(text)).toEqual({
      claims: [],
      defects: [
        {
          source: 'user-data',
          text: null,
          problem: 'is ambiguous: pod-cidr appears with different values',
          corrected: null,
          correctedList: null,
        },
      ],
    });
  });

  it.each([
    ['pod-cidr=10.200.0.5/24', '10.200.0.5/24', '10.200.0.0/24'],
    ['pod-cidr=10.200.0.0', '10.200.0.0', null],
    ['pod-cidr=fd00:200::/129', 'fd00:200::/129', null],
    ['pod-cidr=hunter2', null, null],
    ['pod-cidr="10.200.0.0/24', null, null],
    ['pod-cidr=10.200.0.0/24#x', null, null],
    [`pod-cidr=${'1'.repeat(65)}`, null, null],
  ])('shows of %j no more than a network can be made of', (text, shown, corrected) => {
    const { claims, defects } = readText(text);
    expect(claims).toEqual([]);
    expect(defects).toEqual([
      { source: 'user-data', text: shown, problem: expect.any(String), corrected, correctedList: corrected },
    ]);
  });

  it('shows no part of a list that holds something else than networks', () => {
    expect(readText('pod-cidr="10.200.0.5/24,hunter2"').defects).toMatchObject([
      { text: null },
      { text: null },
    ]);
  });

  it('keeps a network that is given again with host bits', () => {
    const reading = readText('pod-cidr=10.200.0.0/24|pod-cidr=10.200.0.5/24');
    expect(textsOf(reading)).toEqual([CLAIM]);
    expect(reading.defects).toMatchObject([{ text: '10.200.0.5/24', corrected: CLAIM }]);
  });

  it('keeps the networks beside a mistaken one', () => {
    const reading = readText('pod-cidr=10.200.0.0/24,fd00::1/64');
    expect(textsOf(reading)).toEqual([CLAIM]);
    expect(reading.defects).toMatchObject([{ text: 'fd00::1/64', corrected: 'fd00::/64' }]);
  });

  it.each([
    ['node-net', 'NODE_NET=10.200.0.0/24'],
    ['nodeNet', 'node-net: 10.200.0.0/24'],
    ['example.org/pod-cidr', 'example.org/pod_cidr=10.200.0.0/24'],
    ['a+b (c)', 'a+b (c)=10.200.0.0/24'],
  ])('looks for the key %s in its spellings', (key, text) => {
    expect(textsOf(readText(text, key))).toEqual([CLAIM]);
    expect(readText(`pod-cidr=${CLAIM}`, key).claims).toEqual([]);
  });
});

describe('readUserDataClaims, given packed user data', () => {
  const script = lines('#!/bin/bash', `kubelet --pod-cidr=${CLAIM}`);
  const base64Part = lines(
    'Content-Type: text/x-shellscript; charset="us-ascii"',
    'Content-Transfer-Encoding: base64',
    '',
    Buffer.from(script)
      .toString('base64')
      .replace(/(.{20})/g, '$1\n'),
  );
  const multipart = (boundary: string, ...parts: string[]) =>
    lines(
      `Content-Type: multipart/mixed; boundary="${boundary}"`,
      'MIME-Version: 1.0',
      '',
      'pod-cidr=10.9.9.0/24 in the preamble is nothing',
      ...parts.flatMap((part) => [`--${boundary}`, part]),
      `--${boundary}--`,
      'pod-cidr=10.9.9.0/24 in the epilogue is nothing',
    );
  const plainPart = lines('Content-Type: text/cloud-config', '', `pod-cidr: ${CLAIM}`);
  const otherPart = lines(
    'Content-Type: text/x-shellscript',
    'X-Note: pod-cidr=10.9.9.0/24',
    '',
    'echo hello',
  );
  const quotedPart = lines(
    'Content-Type: text/plain',
    'content-transfer-encoding: Quoted-Printable',
    '',
    'pod-cidr=3D10.200=',
    '.0.0/24',
  );
  const gzipPart = lines(
    'Content-Type: application/gzip',
    'Content-Transfer-Encoding: base64',
    '',
    gzipSync(script).toString('base64'),
  );

  it.each([
    ['one part in base64', multipart('==a==', base64Part)],
    ['two parts', multipart('b', otherPart, plainPart)],
    ['a quoted-printable part', multipart('b', quotedPart)],
    ['a part in gzip and base64', multipart('b', gzipPart)],
    ['a part without header fields', multipart('b', `\npod-cidr=${CLAIM}`)],
    ['a boundary with signs of regular expressions', multipart("a.+*(b)'?", plainPart)],
    ['a multipart within a part', multipart('outer', otherPart, multipart('outer2', plainPart))],
    ['CRLF line ends', multipart('b', otherPart, plainPart).replace(/\n/g, '\r\n')],
    ['no closing delimiter', multipart('b', plainPart).split('--b--')[0] ?? ''],
    [
      'a boundary that is folded and bare',
      multipart('b', plainPart).replace('; boundary="b"', ';\n\tboundary=b'),
    ],
    ['an mbox line first', `From nobody Thu Jan  1 00:00:00 1970\n${multipart('b', plainPart)}`],
    ['a single part', lines('MIME-Version: 1.0', base64Part)],
    ['the same claim in two parts', multipart('b', plainPart, base64Part, gzipPart)],
  ])('reads %s', (_, message) => {
    for (const bytes of [Buffer.from(message), gzipSync(message)]) {
      const reading = readBytes(bytes);
      expect(reading.defects).toEqual([]);
      expect(textsOf(reading)).toEqual([CLAIM]);
    }
  });

  it('reads gzip as bytes in a part', () => {
    const [head = '', tail = ''] = multipart('b', 'Content-Type: text/plain\n\nHERE').split('HERE');
    const message = Buffer.concat([Buffer.from(head), gzipSync(script), Buffer.from(tail)]);
    expect(textsOf(readBytes(message))).toEqual([CLAIM]);
  });

  it('reads base64 with line breaks, and UTF-16 with a byte order mark', () => {
    const broken = Buffer.from(script)
      .toString('base64')
      .replace(/(.{10})/g, '$1\r\n');
    expect(textsOf(readBase64(broken))).toEqual([CLAIM]);
    expect(textsOf(readBytes(Buffer.from(`\ufeff${script}`, 'utf16le')))).toEqual([CLAIM]);
  });

  it('does not take YAML that begins like header fields for a message', () => {
    const yaml = lines('Name: worker-0', `pod-cidr: ${CLAIM}`, '', 'zone: a');
    expect(textsOf(readText(yaml))).toEqual([CLAIM]);
  });

  it('sees parts that contradict one another', () => {
    const other = plainPart.replace(CLAIM, '10.200.1.0/24');
    expect(readText(multipart('b', plainPart, other))).toMatchObject({
      claims: [],
      defects: [{ problem: 'is ambiguous: pod-cidr appears with different values' }],
    });
  });

  const bomb = gzipSync(Buffer.alloc(1024 * 1024 + 1, 'x'));
  const half = (letter: string) =>
    lines('Content-Transfer-Encoding: base64', '', gzipSync(letter.repeat(600 * 1024)).toString('base64'));
  const nested = (times: number): Buffer =>
    times === 0 ? Buffer.from(script) : gzipSync(nested(times - 1), { level: 1 });

  it.each([
    ['what is no base64', '%%%', 'is not base64'],
    ['more than 64 KiB', Buffer.alloc(64 * 1024 + 1, 'x').toString('base64'), 'is larger than 64 KiB'],
    ['far more than 64 KiB', 'x'.repeat(1_000_000), 'is larger than 64 KiB'],
    ['a byte more than 1 MiB in gzip', bomb.toString('base64'), 'expands to more than 1 MiB'],
    [
      'a gzip bomb',
      gzipSync(Buffer.alloc(12 * 1024 * 1024)).toString('base64'),
      'expands to more than 1 MiB',
    ],
    [
      'parts that are a bomb only together',
      Buffer.from(multipart('b', half('x'), half('y'))).toString('base64'),
      'expands to more than 1 MiB',
    ],
    ['gzip in gzip without end', nested(40).toString('base64'), 'is packed more than 16 times'],
    ['gzip cut short', gzipSync(script).subarray(0, -9).toString('base64'), 'is broken gzip'],
    ['gzip of nothing', Buffer.from([0x1f, 0x8b]).toString('base64'), 'is broken gzip'],
    [
      'a part with broken base64',
      Buffer.from(multipart('b', 'Content-Transfer-Encoding: base64\n\n%%%')).toString('base64'),
      'has a MIME part that is not base64',
    ],
    [
      'a multipart without a boundary',
      Buffer.from('Content-Type: multipart/mixed\n\nx').toString('base64'),
      'has a MIME multipart without parts',
    ],
    [
      'too many parts',
      Buffer.from(multipart('b', ...Array<string>(1001).fill(''))).toString('base64'),
      'has more than 1000 MIME parts',
    ],
  ])('claims nothing from %s', (_, base64, problem) => {
    expect(readBase64(base64)).toEqual({
      claims: [],
      defects: [
        {
          source: 'user-data',
          text: null,
          problem: `cannot be read: user data ${problem}`,
          corrected: null,
          correctedList: null,
        },
      ],
    });
  });

  it('reads what is exactly at both limits', () => {
    const claim = `pod-cidr=${CLAIM}\n`;
    expect(textsOf(readText(claim.padEnd(64 * 1024, 'x')))).toEqual([CLAIM]);
    expect(textsOf(readBytes(gzipSync(claim.padEnd(1024 * 1024, 'x'))))).toEqual([CLAIM]);
  });
});

describe('A list of claims', () => {
  const list = (count: number) => Array.from({ length: count }, (_, i) => `10.200.${i}.0/24`).join(',');
  const shown = (text: string) => readElements(text, 'user-data', (element) => element);

  it('has at most 64 elements', () => {
    expect(shown(list(64)).claims).toHaveLength(64);
    expect(shown(list(65))).toMatchObject({
      claims: [],
      defects: [{ problem: 'has more than 64 elements' }],
    });
  });

  it.each([
    ['10.200. 0.0/24', 'has no valid IPv4 address'],
    ['10.200.0.0 /24', 'has no valid IPv4 address'],
    [`10.200.0.0/24${' '.repeat(257 - 13)}`, 'is longer than 256 characters'],
  ])('is none: "%s"', (value, problem) => {
    expect(readTagClaims(value)).toMatchObject({ claims: [], defects: [{ problem }] });
  });

  it('shows of a mistake neither what was found nor what was meant where that is secret', () => {
    const secret = readElements('10.200.0.5/24', 'user-data', () => null).defects;
    expect(secret).toMatchObject([{ text: null, corrected: null, correctedList: null }]);
    expect(shown('10.200.0.5/24').defects).toMatchObject([{ corrected: '10.200.0.0/24' }]);
  });
});

describe('readUserDataClaims', () => {
  it('reads no user data as no claim, and else looks for the key', async () => {
    expect(await readUserDataClaims('')).toEqual({ claims: [], defects: [] });
    const data = Buffer.from('pod-cidr=10.200.0.0/24|net=10.200.1.0/24').toString('base64');
    expect(textsOf(await readUserDataClaims(data))).toEqual(['10.200.0.0/24']);
    expect(textsOf(await readUserDataClaims(data, 'net'))).toEqual(['10.200.1.0/24']);
  });
});
