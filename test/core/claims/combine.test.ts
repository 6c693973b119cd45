// biome-ignore-all lint/suspicious/noTemplateCurlyInString: shell variables in user data
import { describe, expect, it } from '@jest/globals';
import { combine } from '../../../shared/core/claims/user-data/combine.ts';
import { searchUserData } from '../../../shared/core/claims/user-data/search.ts';
import { EXPRESSION, keyOf, type Setting } from '../../../shared/core/claims/user-data/setting.ts';
import { beginWork, canSpend, spend, spendCharacters } from '../../../shared/core/claims/user-data/work.ts';

const A = '10.0.0.0/24';
const B = '10.0.1.0/24';
const A6 = 'fd00::/64';
const B6 = 'fd00:0:0:1::/64';
const DIFFERENT = 'is ambiguous: pod-cidr appears with different values';
const COMPUTED = 'is a variable or a command, which only the node itself can resolve';

function literal(text: string): Setting {
  return { kind: 'literal', text };
}

/** What comes of values that stand in several places. */
function read(...settings: readonly (string | Setting)[]) {
  const { claims, defects } = combine(
    settings.map((setting) => (typeof setting === 'string' ? literal(setting) : setting)),
    'pod-cidr',
  );
  return [...claims.map(({ cidr }) => cidr.text), ...defects.map(({ problem }) => problem)];
}

describe('The values of all places', () => {
  it.each<[string, readonly (string | Setting)[], readonly string[]]>([
    ['are none where there are none', [], []],
    ['count once where they are the same', [A, A, `${A} `], [A]],
    ['count in whatever order they are listed', [`${A},${B}`, `${B},${A}`], [A, B]],
    ['count by family: one place may have both, another one of them', [`${A},${A6}`, A], [A, A6]],
    ['count where one place has each', [A, A6], [A, A6]],
    ['count where the smaller comes first', [A6, `${A},${A6}`], [A6, A]],
    ['are not told where they differ', [A, B], [DIFFERENT]],
    ['are not told where one place has more', [A, `${A},${B}`], [DIFFERENT]],
    ['are not told where they differ in IPv6', [`${A},${A6}`, `${A},${B6}`], [DIFFERENT]],
    ['are not told where they differ but for host bits', [A, '10.0.1.5/24'], [DIFFERENT]],
    ['are the same but for host bits', [A, '10.0.0.5/24'], [A, 'has host bits set']],
    ['are not known where one is computed', [A, { kind: 'computed' }, B], [COMPUTED]],
    ['are known where the key is merely passed on', [{ kind: 'own-variable' }, A], [A]],
    ['are not known where it is only passed on', [{ kind: 'own-variable' }], [COMPUTED]],
    [
      'are not known, beside the mistakes in them',
      [{ kind: 'own-variable' }, '10.0.0.0/33'],
      ['needs a prefix length from 0 to 32', COMPUTED],
    ],
    [
      'are not known beside mistakes where one is computed',
      ['10.0.0.0/33', { kind: 'computed' }],
      ['needs a prefix length from 0 to 32', COMPUTED],
    ],
    ['end with one that cannot be read', [A, { kind: 'unreadable', problem: 'is sealed' }], ['is sealed']],
  ])('%s', (_, settings, found) => {
    expect(read(...settings)).toEqual(found);
  });

  it('end where one is refused: what follows is not even looked for', () => {
    function* settings(): Generator<Setting> {
      yield literal(A);
      yield literal(B);
      throw new Error('looked for more');
    }
    expect(combine(settings(), 'pod-cidr').defects).toHaveLength(1);
  });

  it('have 16 mistakes at most, each of which counts once', () => {
    const mistakes = (count: number) => Array.from({ length: count }, (_, i) => `10.0.0.0/${33 + i}`);
    expect(read(...mistakes(16), ...mistakes(16))).toHaveLength(16);
    expect(read(...mistakes(17))).toEqual(['has more than 16 mistakes']);
  });
});

describe('R11: a mistake in user data', () => {
  const long = `10.0.0.0/${'0'.repeat(55)}`;
  it.each<[string, string | null]>([
    ['10.0.0.0/33', '10.0.0.0/33'],
    ['10.0.0.5', '10.0.0.5'],
    ['fd00::1', 'fd00::1'],
    ['FD00::/200', 'FD00::/200'],
    [long, long],
    [`${long}0`, null],
    ['hunter2/33', null],
    ['beef', null],
    ['beef10', null],
    ['10beef', null],
    ['10 20', null],
    ['10.0.0.0/33;hunter2', null],
    ['hunter2 10.0.0.0/33', null],
  ])('is shown only where it can be nothing but a network: %s as %j', (text, shown) => {
    expect(combine([literal(text)], 'pod-cidr').defects.map((defect) => defect.text)).toEqual([shown]);
  });
});

describe('What one node may cost', () => {
  const STEPS = 64 * 1024;
  const CHARACTERS = 3 * (1024 * 1024 + 64 * 1024);

  it('is so many steps', () => {
    const work = beginWork();
    expect(canSpend(work, STEPS)).toBe(true);
    expect(canSpend(work, STEPS + 1)).toBe(false);
    expect(spend(work, STEPS)).toBe(true);
    expect(canSpend(work, 0)).toBe(true);
    expect(spend(work, 1)).toBe(false);
    expect(canSpend(work, 0)).toBe(false);
  });

  it('is so many characters', () => {
    const work = beginWork();
    expect(spendCharacters(work, 1)).toBe(true);
    expect(spendCharacters(work, CHARACTERS - 1)).toBe(true);
    expect(spendCharacters(work, 1)).toBe(false);
  });
});

describe('User data', () => {
  const claimsOf = (base64: string) => {
    const { claims, defects, unsearched } = searchUserData(base64, 'pod-cidr').reading;
    return [...claims.map(({ cidr }) => cidr.text), ...defects.map(({ problem }) => problem), unsearched];
  };
  const encode = (content: string | Buffer) => Buffer.from(content).toString('base64');
  const TOO_LARGE = 'cannot be read: user data is larger than 64 KiB';

  it.each<[string, string, unknown[]]>([
    ['of 64 KiB is read', encode(`pod-cidr=${A}\n`.padEnd(64 * 1024)), [A, undefined]],
    ['that is larger is not', encode(`pod-cidr=${A}\n`.padEnd(64 * 1024 + 1)), [TOO_LARGE, undefined]],
    ['is no more where blanks lie in it', encode(`pod-cidr=${A}`).padEnd(256 * 1024), [A, undefined]],
    [
      'is not read at all where it is longer than what can hold so much',
      encode(`pod-cidr=${A}`).padEnd(256 * 1024 + 1),
      [TOO_LARGE, undefined],
    ],
    ['that is no base64 is not read', '!', ['cannot be read: user data is not base64', undefined]],
    ['that is none and far too long is too large', '!'.repeat(256 * 1024 + 1), [TOO_LARGE, undefined]],
    ['that is empty claims nothing', '', [undefined]],
    ['that is text claims nothing where it says nothing', encode('role=worker'), [undefined]],
    ['that is no text may claim something', encode(Buffer.from([0, 1, 2, 3])), [expect.any(String)]],
    [
      'that is no text and claims something is searched',
      encode(Buffer.concat([Buffer.from([1, 10]), Buffer.from(`pod-cidr=${A}`)])),
      [A, undefined],
    ],
  ])('%s', (_, base64, found) => {
    expect(claimsOf(base64)).toEqual(found);
  });
});

describe('The key', () => {
  it.each([
    [
      'pod-cidr',
      ['pod-cidr', 'POD_CIDR', 'podCIDR', 'PodCidr', '--pod-cidr', '-podcidr'],
      ['pod cidr', 'pod--cidr', 'a-pod-cidr', 'pod-cidrs', '---pod-cidr'],
    ],
    ['podCIDR', ['podcidr', 'pod-cidr', 'pod_cidr'], ['pod-c-i-d-r']],
    ['node.pod_cidr', ['node.pod-cidr', 'NODE.POD_CIDR', 'node.podcidr'], ['nodexpod-cidr', 'node-pod-cidr']],
    ['example.org/pods', ['example.org/pods'], ['examplexorg/pods']],
    ['k8sPods', ['k8s-pods', 'k8spods'], ['k-8-s-pods']],
  ])('%s has its spellings, alone or as a flag', (name, own, others) => {
    const key = keyOf(name);
    for (const text of own)
      expect([text, key.isNamedBy(text), key.mentions(`a ${text} b`)]).toEqual([text, true, true]);
    for (const text of others) expect([text, key.isNamedBy(text)]).toEqual([text, false]);
  });

  it.each<[Setting['kind'], readonly string[]]>([
    [
      'own-variable',
      [
        '$POD_CIDR',
        '${pod_cidr}',
        '$env:PodCidr',
        '${env:PodCidr}',
        '$($podCidr)',
        '%POD_CIDR%',
        '!POD_CIDR!',
        '{pod_cidr}',
        'pod_cidr',
      ],
    ],
    [
      'computed',
      [
        '$1',
        '$POD_CIDRS',
        '${POD_CIDR:-x}',
        '`cat f`',
        '{{ x }}',
        `a${EXPRESSION}`,
        '%OTHER%',
        '!OTHER!',
        '%s',
        '%d',
        '%v',
      ],
    ],
    ['literal', [A, 'x', '', '%x', '100%', 'a%s', '!x']],
  ])('is given what is %s', (kind, texts) => {
    for (const text of texts) expect([text, keyOf('pod-cidr').classify(text).kind]).toEqual([text, kind]);
  });
});
