import { describe, expect, it } from '@jest/globals';
import type { Hint } from '../../../shared/core/claims/user-data/reader.ts';
import { searchUserData } from '../../../shared/core/claims/user-data/search.ts';
import { readYaml } from '../../../shared/core/claims/user-data/yaml.ts';
import { record } from './recorded-search.ts';

const [A, B] = ['10.200.4.0/24', '10.200.9.0/24'];

function read(text: string) {
  const { reading } = searchUserData(Buffer.from(text).toString('base64'), 'pod-cidr');
  return {
    claims: reading.claims.map(({ cidr }) => cidr.text),
    problems: reading.defects.map(({ problem }) => problem),
    unsearched: reading.unsearched !== undefined,
  };
}

const COMPUTED = 'is a variable or a command, which only the node itself can resolve';
const NO_VALUE = 'is not written as one value or a list of values';

describe('A structure in user data', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ['pod-cidr: [10.200.4.0/24, ~, "", null]', [A], []],
    ['pod-cidr: ["~"]', [], []],
    ['pod-cidr: [a: 1]', [], [NO_VALUE]],
    ['pod-cidr: {a: 10.200.4.0/24}', [], [NO_VALUE]],
    ['pod-cidr: {a: [b, 10.200.4.0/24]}', [], [NO_VALUE]],
    ['pod-cidr: {type: string}', [], []],
    ['pod-cidr: {Ref: Cidr}', [], [COMPUTED]],
    ['pod-cidr: {"Fn::Sub": x}', [], [COMPUTED]],
    ['pod-cidr: {NoRef: x}', [], []],
    ['pod-cidr: !Ref Cidr', [], [COMPUTED]],
    ['pod-cidr: !!str 10.200.4.0/24', [A], []],
    ['pod-cidr: *nothing', [], []],
    ['a: &a 10.200.4.0/24\npod-cidr: *a', [A], []],
    ['a: &a [10.200.4.0/24]\npod-cidr: *a', [A], []],
    ['env:\n- name: POD_CIDR\n  value: 10.200.4.0/24', [A], []],
    ['env:\n- key: POD_CIDR\n  value: 10.200.4.0/24', [A], []],
    ['env:\n- surname: POD_CIDR\n  value: 10.200.4.0/24', [], []],
    ['env:\n- names: POD_CIDR\n  value: 10.200.4.0/24', [], []],
    ['env:\n- name: POD_CIDR\n  values: 10.200.4.0/24', [], []],
    ['env:\n- name: POD_CIDR\n  a-value: 10.200.4.0/24', [], []],
    ['env:\n- name: OTHER\n  value: 10.200.4.0/24', [], []],
    ['env:\n- name: OTHER\n  value: pod-cidr=10.200.4.0/24', [A], []],
    ['env:\n- name: POD_CIDR\n  valueFrom: {a: b}', [], [COMPUTED]],
    ['env:\n- name: POD_CIDR\n  valueFromX: {a: b}', [], []],
    ['env:\n- name: OTHER\n  valueFrom: {a: b}', [], []],
    ['args: [--pod-cidr, 10.200.4.0/24, --v]', [A], []],
    ['args: [-pod-cidr, 10.200.4.0/24]', [A], []],
    ['args: [pod-cidr, 10.200.4.0/24]', [], []],
    ['args: [--pod-cidr, --pod-cidr, 10.200.4.0/24]', [], ['is not of the form address/prefix']],
    ['? [a]\n: pod-cidr=10.200.4.0/24', [A], []],
    ['pod-cidr: {[a]: 10.200.4.0/24}', [], [NO_VALUE]],
    ['pod-cidr: {? [a] : b}', [], []],
    ['pod-cidr: {a: [[b]]}', [], []],
    ['env:\n- name: POD_CIDR\n  aValueFrom: {a: b}', [], []],
    ['args: [--v, --pod-cidr]', [], []],
    ['args: [--pod-cidr, 10.200.4.0/24, "pod-cidr=10.200.4.0/24"]', [A], []],
    ['a: "pod-cidr=10.200.4.0/24"', [A], []],
    ['"pod-cidr=10.200.4.0/24": a', [A], []],
    ['runcmd:\n- "true; pod-cidr=10.200.4.0/24 # pod-cidr=10.200.9.0/24"', [A], []],
    [
      'pod-cidr: 10.200.4.0/24\n---\npod-cidr: 10.200.9.0/24',
      [],
      ['is ambiguous: pod-cidr appears with different values'],
    ],
  ])('%j', (text, claims, problems) => {
    const seen = read(`#cloud-config\n${text}\n`);
    expect(seen).toStrictEqual({ claims, problems, unsearched: false });
  });

  it.each([
    ['source: https://a/b', true],
    ['source: s3://a/b', true],
    ['source: "data:,a"', false],
    ['source: http://a/b', true],
    ['source: gs://a/b', true],
    ['source: tftp://a/b', true],
    ['source: "arn:a"', true],
    ['source: HTTPS://a/b', true],
    ['source: see https://a/b', false],
    ['source: [https://a/b]', false],
    ['sources: https://a/b', false],
    ['resource: https://a/b', false],
    ['url: https://a/b', false],
  ])('%j says that there is more elsewhere: %s', (text, unsearched) => {
    expect(read(`#cloud-config\n${text}\n`)).toStrictEqual({ claims: [], problems: [], unsearched });
  });
});

describe('What a structure holds', () => {
  const LONG = 'sixteen letters!';

  it.each<[string, readonly (readonly [content: string | Buffer, depth: number, hint: Hint])[]]>([
    ['a: b', []],
    ['a: fifteen letters', []],
    [`a: ${LONG}`, [[LONG, 4, null]]],
    [`${LONG}: a`, [[LONG, 4, null]]],
    ['a: =pod-cidr', [['=pod-cidr', 4, null]]],
    ['a: !!binary YWJj', [[Buffer.from('abc'), 4, null]]],
    ['a: !!binary $$', []],
    ['run: !!binary YWJj', [[Buffer.from('abc'), 4, 'shell']]],
    ['args: [--pod-cidr]', []],
    [`args: [--pod-cidr, a, ${LONG}]`, [[LONG, 4, null]]],
    [`- a: &a ${LONG}\n- *a`, [[LONG, 4, null]]],
    [`type: batch\ncontent: ${LONG}`, [[LONG, 4, 'batch']]],
    [`type: batch\na:\n- b: ${LONG}`, [[LONG, 4, 'batch']]],
    [
      `type: batch\na: {type: powershell, b: ${LONG}}\nc: {type: other, d: ${LONG}}`,
      [
        [LONG, 4, 'powershell'],
        [LONG, 4, 'batch'],
      ],
    ],
    [`type: batch\nrun: ${LONG}`, [[LONG, 4, 'shell']]],
    [`types: batch\ncontent: ${LONG}`, [[LONG, 4, null]]],
    [`my-type: powershell\ncontent: ${LONG}`, [[LONG, 4, null]]],
    [`type: [powershell]\ncontent: ${LONG}`, [[LONG, 4, null]]],
    [
      `name: pod-cidr\nvalue: ${LONG}\na: b, ${LONG}`,
      [
        ['pod-cidr', 4, null],
        [`b, ${LONG}`, 4, null],
      ],
    ],
    [`name: other\nvalue: ${LONG}`, [[LONG, 4, null]]],
  ])('is passed on, as from %j', (text, nested) => {
    expect(record((search) => readYaml(text, search, 3)).nested).toStrictEqual(nested);
  });

  it.each<[string, Hint]>([
    ['runcmd', 'shell'],
    ['bootcmd', 'shell'],
    ['RunCmd', 'shell'],
    ['preKubeadmCommands', 'shell'],
    ['postKubeadmCommands', 'shell'],
    ['commands', 'shell'],
    ['command', 'shell'],
    ['script', 'shell'],
    ['run', 'shell'],
    ['my-runcmd', null],
    ['runcmds', null],
    ['kubeadmCommands', null],
    ['content', null],
  ])('below %s is taken for a command of a shell or not: %s', (name, hint) => {
    const { nested } = record((search) => readYaml(`${name}: [${LONG}, [${LONG}]]`, search, 0));
    // The names that are long enough are contents, too.
    expect(nested.filter(([content]) => content === LONG)).toStrictEqual([
      [LONG, 1, hint],
      [LONG, 1, hint],
    ]);
  });
});

describe('A template', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    [`{# pod-cidr=${B} #}\npod-cidr=${A}`, [A], []],
    [`{% set a = 1 %}\npod-cidr=${A}`, [A], []],
    [`{% if a %}\npod-cidr=${A}\n{% endif %}`, [], [COMPUTED]],
    [`{%- for a in b -%}\npod-cidr=${A}\n{%- endfor -%}`, [], [COMPUTED]],
    [`{%if a%}x{%endif%}\npod-cidr=${A}`, [A], []],
    [`{% if a %}{% if b %}x{% endif %}\npod-cidr=${A}\n{% endif %}`, [], [COMPUTED]],
    [`{% set if = 1 %}\npod-cidr=${A}\n{% set b = 1 %}`, [A], []],
    [`{# {% if a %} #}pod-cidr=${A}\n{% set b = 1 %}`, [A], []],
    [`pod-cidr=${A}\n{# never closed pod-cidr=${B}`, [A], []],
    ['pod-cidr={{ a }}', [], [COMPUTED]],
  ])('%j', (text, claims, problems) => {
    const seen = read(`## template: jinja\n${text}`);
    expect(seen).toStrictEqual({ claims, problems, unsearched: false });
  });

  it('has a first line that is none of its content', () => {
    expect(read(`##template:jinja\n#!/bin/sh\n# pod-cidr=${B}\npod-cidr=${A}`).claims).toEqual([A]);
    expect(read(`## \tTemplate: jinja\n#cloud-config\npod-cidr: ${A}`).claims).toEqual([A]);
  });
});

describe('JSON with comments', () => {
  it.each([
    [`// pod-cidr=${B}\n{"pod-cidr": "${A}"}`],
    [`{"pod-cidr": "${A}", /* "pod-cidr": "${B}" */ "a": "b"}`],
    [`{"a": "http://x", "pod-cidr": "${A}"} // x`],
    [`{"a": "\\" // ", "pod-cidr": "${A}" /* x */}`],
    [`{"a": "x/*y", "pod-cidr": "${A}"}`],
  ])('%j', (text) => {
    expect(read(text)).toStrictEqual({ claims: [A], problems: [], unsearched: false });
  });
});
