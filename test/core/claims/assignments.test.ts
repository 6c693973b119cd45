// biome-ignore-all lint/suspicious/noTemplateCurlyInString: shell variables in user data
import { describe, expect, it } from '@jest/globals';
import { findAssignments } from '../../../shared/core/claims/user-data/assignments.ts';
import type { Search } from '../../../shared/core/claims/user-data/reader.ts';
import { keyOf } from '../../../shared/core/claims/user-data/setting.ts';
import { beginWork } from '../../../shared/core/claims/user-data/work.ts';

/** What a text gives the key: values as they are written, or what is said in their place. */
function find(text: string): { values: string[]; packed: string[] } {
  const packed: string[] = [];
  const search: Search = {
    key: keyOf('pod-cidr'),
    work: beginWork(),
    unsearched: null,
    nested: (content, depth) => {
      packed.push(`${depth} ${content.toString()}`);
      return [];
    },
  };
  const values = [...findAssignments(text, search, 3)].map((setting) => {
    if (setting.kind === 'literal') return setting.text;
    return setting.kind === 'unreadable' ? setting.problem : setting.kind;
  });
  return { values, packed };
}

const A = '10.0.0.0/24';
const B = '10.0.1.0/24';
const LIST = `${A},${B}`;

describe('A value of the key', () => {
  it.each<[string, readonly string[]]>([
    [`pod-cidr=${A}`, [A]],
    [`POD_CIDR = ${A}`, [A]],
    [`podCIDR: ${A}`, [A]],
    [`"pod-cidr":"${A}"`, [A]],
    [`--pod-cidr ${A} --v=2`, [A]],
    [`--pod-cidr=${A}`, [A]],
    [`name=a|pod-cidr=${A};role=w`, [A]],
    [`a\\npod-cidr=${A}`, [A]],
    [`my-pod-cidr=${A}`, []],
    [`$POD_CIDR=${A}`, []],
    [`pod-cidr:${A}`, []],
    [`pod-cidr==${A}`, []],
    ['pod-cidr=', []],
    ['pod-cidr=""', []],
    ['pod-cidr: ~', []],
    ['pod-cidr: null', []],
    ['pod-cidr = None', []],
    ['s/pod-cidr=.*/x/', []],
    [`the --pod-cidr flag, then ${A}`, []],
    [`pod-cidr="${A}"`, [A]],
    [`pod-cidr='${A}' b`, [A]],
    [`pod-cidr="""${A}"""`, [A]],
    [`"pod-cidr="${A}`, [A]],
    ['"pod-cidr=" + value', ['value']],
    ['"pod-cidr="+value', ['value']],
    ['"pod-cidr=" + pod_cidr', ['own-variable']],
    ['"pod-cidr=" + "x"', []],
    ['"kubelet --pod-cidr=" + value', ['value']],
    ['"kubelet --pod-cidr="+value', ['value']],
    ['"kubelet --pod-cidr=" + f(x)', ['f']],
    ['"kubelet --pod-cidr="', []],
    [`pod-cidr="${A}`, [`"${A}`]],
    [`pod-cidr=${A}, ${B}`, [LIST.replace(',', ', ')]],
    [`pod-cidr=${A},${B} c`, [LIST]],
    [`pod-cidr=${A}, role: w`, [A]],
    [`pod-cidr=${A}, role:`, [A]],
    [`pod-cidr=${A},role=w`, [A]],
    [`pod-cidr=[${LIST}]`, [LIST]],
    [`pod-cidr=["${A}", '${B}', ]`, [LIST]],
    [`pod-cidr=[\n  "${A}",\n  "${B}",\n]\n`, [LIST]],
    [`pod-cidr=[${A}`, [`[${A}`]],
    ['pod-cidr=$POD_CIDR', ['own-variable']],
    ['pod-cidr=${POD_CIDR}', ['own-variable']],
    ['pod-cidr=$($env:podCidr) x', ['own-variable']],
    ['pod-cidr={podCidr}', ['own-variable']],
    ['pod-cidr={pod.cidr}', ['computed']],
    ['pod-cidr=$OTHER', ['computed']],
    ['pod-cidr=${POD_CIDR:-x}', ['computed']],
    ['pod-cidr=`cat f`', ['computed']],
    ['pod-cidr={{ a }}', ['computed']],
    [`pod-cidr: ${A}\npod-cidr: ${B}`, [A, B]],
    [`pod-cidr: ${'1'.repeat(510)}`, ['1'.repeat(510)]],
    [`pod-cidr=${'1'.repeat(512)}`, ['is longer than 512 characters']],
    [`pod-cidr="${'1'.repeat(600)}"`, ['is longer than 512 characters']],
    [`pod-cidr=${A} ${'x'.repeat(600)}`, [A]],
    [`the pod-cidr ${A}`, []],
    [`"pod-cidr": "${A} ${B}"`, [`${A} ${B}`]],
    ['pod-cidr=" "', []],
    [`pod-cidr=" ${A} "`, [A]],
    [`pod-cidr="${A}'`, [`"${A}'`]],
    [`pod-cidr=,${A}`, []],
    [`pod-cidr=${A} x, ${B}`, [A]],
    [`pod-cidr=${A};x,${B}`, [A]],
    [`pod-cidr=${A} $x`, [A]],
    [`pod-cidr=${A} {{ x }}`, [A]],
    [`pod-cidr=["${A}",]`, [A]],
    [`pod-cidr=["${A}",\n"${B}"]`, [LIST]],
    [`pod-cidr=[x"${A}"]`, [`x"${A}"`]],
    [`pod-cidr=["${A}"x]`, [`"${A}"x`]],
    ['pod-cidr=${POD_CIDR} x', ['own-variable']],
    ['pod-cidr=`f $POD_CIDR`', ['computed']],
  ])('in %j is %j', (text, values) => {
    expect(find(text).values).toEqual(values);
  });

  it.each<[string, readonly string[]]>([
    [`pod-cidr:\n- ${A}\n- ${B}\n`, [LIST]],
    [`pod-cidr:\n\n  -   "${A}"\n  - ${B}\nrole: w\n- 10.0.2.0/24`, [LIST]],
    [`  pod-cidr:\n  - ${A}\n- ${B}`, [A]],
    [`  pod-cidr:\n- ${A}`, []],
    [`pod-cidr:\n- ~\n- ${A}`, [A]],
    [`pod-cidr:\n-${A}`, []],
    ['pod-cidr:\nrole: w', []],
    [`pod-cidr:  \n- ${A}`, [A]],
    [`a\n  b: c\n  pod-cidr:\n   - ${A}`, [A]],
    [`  pod-cidr:\n- ${A}\n${'x'.repeat(600)}`, []],
    [`pod-cidr:${' '.repeat(512)}x\n- ${A}`, []],
    [`pod-cidr:\n  \n- ${A}`, [A]],
    [`pod-cidr:\nrole - ${A}`, []],
  ])('in a list below it, as in %j, is %j', (text, values) => {
    expect(find(text).values).toEqual(values);
  });
});

describe('Base64 within a text', () => {
  const packed = (text: string): string => Buffer.from(text).toString('base64');
  const word = 'pod-cidr=10.0.0.0/24';

  it('is read, one level deeper', () => {
    expect(find(`echo ${packed(word)} | base64 -d`).packed).toEqual([`4 ${word}`]);
    expect(find(packed('too short a text')).packed).toEqual([]);
    expect(find(`x-${packed(word)}`).packed).toEqual([]);
  });

  it('is tried so many times', () => {
    const runs = (count: number) => Array.from({ length: count }, () => packed(word)).join(' ');
    expect(find(runs(64)).packed).toHaveLength(64);
    expect(find(runs(65)).packed).toHaveLength(64);
  });
});
