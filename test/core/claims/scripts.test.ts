import { describe, expect, it } from '@jest/globals';
import { readBatch } from '../../../shared/core/claims/user-data/batch.ts';
import { readInclude } from '../../../shared/core/claims/user-data/include.ts';
import { readPerl } from '../../../shared/core/claims/user-data/perl.ts';
import { readPowerShell } from '../../../shared/core/claims/user-data/powershell.ts';
import type { Hint, Reader, Search } from '../../../shared/core/claims/user-data/reader.ts';
import { keyOf } from '../../../shared/core/claims/user-data/setting.ts';
import { readShell } from '../../../shared/core/claims/user-data/shell.ts';
import { readText } from '../../../shared/core/claims/user-data/text.ts';
import { readWindows } from '../../../shared/core/claims/user-data/windows.ts';
import { beginWork } from '../../../shared/core/claims/user-data/work.ts';

type Nested = readonly [text: string, depth: number, hint: Hint];

/** What a reader finds in a text: values as they are written, and what it passes on to be read. */
function open(reader: Reader, text: string) {
  const nested: Nested[] = [];
  const search: Search = {
    key: keyOf('pod-cidr'),
    work: beginWork(),
    unsearched: null,
    nested: (content, depth, hint = null) => {
      nested.push([content.toString(), depth, hint]);
      return [];
    },
  };
  const values = [...reader(text, search, 3)].map((setting) =>
    setting.kind === 'literal' ? setting.text : setting.kind,
  );
  return { values, nested, unsearched: search.unsearched };
}

const A = '10.0.0.0/24';
/** In comments: it must never be read. */
const OLD = '10.0.9.0/24';

type Rows = readonly (readonly [text: string, values: readonly string[]])[];

const SCRIPTS: readonly (readonly [language: string, reader: Reader, rows: Rows])[] = [
  [
    'Perl',
    readPerl,
    [
      [`my $pod_cidr = "${A}";`, [A]],
      [`$POD_CIDR="${A}";\n$podCidr\t= '${A}';`, [A, A]],
      [`if ($pod_cidr == "${A}") {}`, []],
      [`if ($pod_cidr =~ /${A}/) {}`, []],
      [`$host=a;\n$pod_cidr = "${A}";`, [A]],
      [`=pod\n\npod_cidr=${OLD}\n\n=cut\n$pod_cidr = "${A}";`, [A]],
      [`=begin\npod_cidr=${OLD}\n=end\n$pod_cidr = "${A}";`, [A]],
      [`=pod\nends at =cut pod_cidr=${OLD}\n=cutter\npod_cidr=${OLD}\n=cut\npod_cidr=${A}`, [A]],
      [`=pod\n=cut pod_cidr=${OLD}\npod_cidr=${A}`, [A]],
      [`=pod\nnever closed\npod_cidr=${OLD}`, []],
      [`$pod_cidr = [\n"${A}",\n=pod\n\na\n=cut\n];`, [A]],
      [`# pod_cidr=${OLD}`, []],
    ],
  ],
  [
    'the command prompt',
    readBatch,
    [
      [`set POD_CIDR=${A}`, [A]],
      [`rem set POD_CIDR=${OLD}\n@REM\tset POD_CIDR=${OLD}\n  :: POD_CIDR=${OLD}`, []],
      [`echo harem POD_CIDR=${A}`, [A]],
      [`rempod_cidr=${A}`, []],
      ['set POD_CIDR=^\nrem\n', []],
      [`echo a & rem POD_CIDR=${OLD}\necho a &rem POD_CIDR=${OLD}\necho a &  :: POD_CIDR=${OLD}`, []],
      [`set A=1& remote POD_CIDR=${A}`, [A]],
      ['set POD_CIDR=& rem a', []],
      [`kubelet --pod-cidr=^\n${A}`, [A]],
      [`setx POD_CIDR ${A}\nSETX\t"pod_cidr"  ${A} /M`, [A, A]],
    ],
  ],
  [
    'PowerShell',
    readPowerShell,
    [
      [`Write-Host "a;# pod-cidr=${A}"`, [A]],
      [`Write-Host 'a;# pod-cidr=${A}'`, [A]],
      [`Set-Content f @"\na;# pod-cidr=${A}\n"@`, [A]],
      [`Set-Content f @'\na;# pod-cidr=${A}\n'@`, [A]],
      [`@"\nit's\n"@\n# it's pod-cidr=${OLD}\n$podCidr = "${A}"`, [A]],
      [`@'\nsay "a\n'@\n# "pod-cidr=${OLD}\n$podCidr = '${A}'`, [A]],
      [`@"\npod\`-cidr=${A}\n"@`, [A]],
      [`@'\npod\`-cidr=${A}\n'@`, []],
      [`"pod\`-cidr=${A}"`, [A]],
      [`'pod\`-cidr=${A}'`, []],
      [`<# pod-cidr=${OLD}\n#> $podCidr = "${A}" # pod-cidr=${OLD}`, [A]],
    ],
  ],
  [
    'text',
    readText,
    [
      [`pod-cidr=\\\n${A}`, [A]],
      [`<# a\npod-cidr=${OLD}\n#>\npod-cidr=${A}`, [A]],
      [`<# pod-cidr=${OLD} #> pod-cidr=${A}`, [A]],
      [`<# never closed\npod-cidr=${OLD}`, []],
      [`<!-- a\npod-cidr=${OLD}\n-->\npod-cidr=${A}`, [A]],
      [`<!-- never closed\npod-cidr=${OLD}`, []],
      [`a /* pod-cidr=${OLD}\n */ pod-cidr=${A}`, [A]],
      [`/* never closed\npod-cidr=${OLD}`, []],
      [`path=/etc/*\npod-cidr=${A}`, [A]],
      [` ; pod-cidr=${OLD}\n // pod-cidr=${OLD}\na;pod-cidr=${A}`, [A]],
    ],
  ],
  [
    'a shell',
    readShell,
    [
      [`echo 'a;# pod-cidr=${A}'`, [A]],
      [`echo "a;# pod-cidr=${A}"`, [A]],
      [`echo "pod\\-cidr=${A}"`, [A]],
      [`echo 'pod\\-cidr=${A}'`, []],
      [`echo a\\\n pod-cidr=\\\n${A}`, [A]],
      ...[' ', '\t', ';', '|', '&', '(', ')', '`', '\n'].map(
        (sign) => [`a${sign}# pod-cidr=${OLD}`, []] as const,
      ),
      [`a=b# pod-cidr=${A}`, [A]],
    ],
  ],
];

describe.each(SCRIPTS)('In %s', (_, reader, rows) => {
  it.each(rows)('%j gives the key %j', (text, values) => {
    expect(open(reader, text)).toStrictEqual({ values, nested: [], unsearched: null });
  });
});

describe('A here-document of a shell', () => {
  it('is read as a content of its own, by its interpreter where it has one', () => {
    expect(open(readShell, `pod-cidr=${A}\ncat <<E\na\nE\nbash <<E\nb\nE\n`)).toStrictEqual({
      values: [A],
      nested: [
        ['a\n', 4, null],
        ['b\n', 4, 'shell'],
      ],
      unsearched: null,
    });
  });
});

describe('User data of Windows', () => {
  it.each<[string, readonly Nested[]]>([
    ['a', [['a', 4, null]]],
    [
      '<powershell>a</powershell>',
      [
        ['a', 4, 'powershell'],
        ['\n', 4, null],
      ],
    ],
    [
      'a<PowerShell>b\nc</POWERSHELL>d<script>e</script>f',
      [
        ['b\nc', 4, 'powershell'],
        ['e', 4, 'batch'],
        ['a\nd\nf', 4, null],
      ],
    ],
    [
      '<script>a</powershell>b',
      [
        ['a</powershell>b', 4, 'batch'],
        ['\n', 4, null],
      ],
    ],
    ['<scripts>a', [['<scripts>a', 4, null]]],
  ])('%j is read in its sections, and what stands beside them', (text, nested) => {
    expect(open(readWindows, text)).toStrictEqual({ values: [], nested, unsearched: null });
  });

  it('is read in 16 sections, and the others stand beside them', () => {
    const { nested } = open(readWindows, '<script>a</script>'.repeat(17));
    expect(nested).toStrictEqual([
      ...Array.from({ length: 16 }, (): Nested => ['a', 4, 'batch']),
      [`${'\n'.repeat(16)}<script>a</script>`, 4, null],
    ]);
  });
});

describe('A list of addresses', () => {
  it('is not followed, which is said', () => {
    const found = open(readInclude, `https://example.org/pod-cidr=${A}`);
    expect(found).toStrictEqual({ values: [], nested: [], unsearched: 'include' });
  });
});
