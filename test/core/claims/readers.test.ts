import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { readJavaScript } from '../../../shared/core/claims/user-data/javascript.ts';
import { readJinja } from '../../../shared/core/claims/user-data/jinja.ts';
import { readJson } from '../../../shared/core/claims/user-data/json.ts';
import { readGzip, readPacked } from '../../../shared/core/claims/user-data/packed.ts';
import { readPython } from '../../../shared/core/claims/user-data/python.ts';
import type { Reader } from '../../../shared/core/claims/user-data/reader.ts';
import { beginWork } from '../../../shared/core/claims/user-data/work.ts';
import { readLikelyYaml, readYaml } from '../../../shared/core/claims/user-data/yaml.ts';
import { record } from './recorded-search.ts';

const [A, B] = ['10.200.4.0/24', '10.200.9.0/24'];
const MUCH = 'cannot be read: user data has more in it than is searched for one node';
/** The key and its value are one setting in a structure alone. */
const PAIR = `"name": "pod-cidr", "value": "${A}"`;

function settingsOf(reader: Reader, text: string): string[] {
  return record((search) => reader(text, search, 3)).settings;
}

describe('A script in Python gives', () => {
  it.each<[string, readonly string[]]>([
    [`pod_cidr = "${A}"`, [A]],
    [`pod_cidr = rb"${A}"`, [A]],
    [`pod_cidr = F'${A}'`, [A]],
    ['pod_cidr = verb"a"', ['verb']],
    ['pod_cidr = self.pod_cidr', ['own-variable']],
    [`self.pod_cidr = "${A}"`, [A]],
    ['pod_cidr = myself.pod_cidr', ['myself.pod_cidr']],
    [`pod_cidr: str = "${A}"`, [A]],
    [`POD_CIDR:Optional[x.y] | None="${A}"`, [A]],
    [`pod_cidr: str == "${A}"`, ['str']],
    [`os.environ["POD_CIDR"] = "${A}"`, [A]],
    [`environ['pod_cidr']="${A}"`, [A]],
    [`environ["pod_cidr"] == "${A}"`, []],
    ['os.putenv("POD_CIDR", "none")', ['none']],
    ["putenv( 'pod_cidr'\n,'none')", ['none']],
    ['putenv("POD_CIDR", none)', []],
    [`x = 1# pod_cidr = "${A}"`, []],
    [`#pod_cidr = "${A}"`, []],
    [`'''a\npod_cidr = "${A}"\n'''`, []],
    [`"""a\npod_cidr = '${A}'\n"""`, []],
    [`x = """\\"""#pod_cidr=${A}\n"""`, [A]],
    [`x = '''\\'''#pod_cidr=${A}\n'''`, [A]],
    [`x = "a # b"; pod_cidr = "${A}"`, [A]],
    [`x = 'a # b'; pod_cidr = '${A}'`, [A]],
    [`x = "\\" # b"; pod_cidr = "${A}"`, [A]],
    [`x = '\\' # b'; pod_cidr = '${A}'`, [A]],
    [`x = "a\ny = 1;#pod_cidr=${A}"`, []],
    [`x = 'a\ny = 1;#pod_cidr=${A}'`, []],
    [`x = \\# pod_cidr = "${A}"`, [A]],
  ])('by %j %j', (text, settings) => {
    expect(settingsOf(readPython, text)).toStrictEqual(settings);
  });
});

describe('A script in JavaScript gives', () => {
  it.each<[string, readonly string[]]>([
    [`const podCidr = "${A}";`, [A]],
    [`x = 1;// podCidr = "${A}"`, []],
    [`// podCidr = "${A}"`, []],
    [`/* podCidr = "${A}" */`, []],
    [`x = 1/* podCidr = "${B}" */; podCidr = "${A}"`, [A]],
    [`/* never closed podCidr = "${A}"`, []],
    [`x = http://y podCidr=${A}`, [A]],
    [`x = "a // b"; podCidr = "${A}"`, [A]],
    [`x = 'a // b'; podCidr = "${A}"`, [A]],
    [`x = \`a // b\`; podCidr = "${A}"`, [A]],
    [`x = "\\" // b"; podCidr = "${A}"`, [A]],
    [`x = '\\' // b'; podCidr = "${A}"`, [A]],
    [`x = \`\\\` // b\`; podCidr = "${A}"`, [A]],
    [`x = "a\ny = 1;// podCidr=${A}"`, []],
    [`x = 'a\ny = 1;// podCidr=${A}'`, []],
    [`x = \`a\n// podCidr=${A}\``, [A]],
  ])('by %j %j', (text, settings) => {
    expect(settingsOf(readJavaScript, text)).toStrictEqual(settings);
  });
});

describe('JSON is read as a structure', () => {
  it.each([
    [`{${PAIR}}`],
    [`// a\n{${PAIR}}`],
    [`//\n{${PAIR}}`],
    [`/* a */{${PAIR}}`],
    [` // a\n{${PAIR}}`],
    [`{// a\n${PAIR}}`],
    [`{"a": 1,// a\n${PAIR}}`],
    [`{"a": 1 // a\n, ${PAIR}}`],
    [`{"a": {}// a\n, ${PAIR}}`],
    [`{"a": []// a\n, ${PAIR}}`],
    [`[// a\n{${PAIR}}]`],
    [`{/* a */${PAIR}}`],
    [`{"a": 1,/* a\n */${PAIR}}`],
    [`{${PAIR}} /* a */`],
    [`{"a": "b", /* " */ ${PAIR}}`],
    [`{"a": "b // c", /* d */ ${PAIR}}`],
    [`{"a": "b /* c", /* d */ ${PAIR}}`],
    [`{"a":"x//y\\"",${PAIR}}`],
    [`{"a":"x/*y\\"",${PAIR}}`],
    [`{"a":"(//y\\"",${PAIR}}`],
    [`{"a":"/y/\\"",${PAIR}}`],
    [`{"a": "/y \\"",${PAIR}}`],
  ])('%j', (text) => {
    expect(settingsOf(readJson, text)).toStrictEqual([A]);
  });

  it.each<[string, readonly string[]]>([
    [`{"a": "\\"x/*", "pod-cidr": "${A}", "b": "*/"} // x`, [A]],
    [`{"a": "b,\n/* x */"pod-cidr": "${A}"/* "pod-cidr": "${B}" */`, [A]],
    [`{"a": b// "pod-cidr": "${A}"\n, "c": d // "pod-cidr": "${B}"\n,`, [A]],
  ])('and where it is broken as text: %j', (text, settings) => {
    expect(settingsOf(readJson, text)).toStrictEqual(settings);
  });
});

describe('YAML', () => {
  const DEEP = '['.repeat(200);

  it.each<[string, readonly string[]]>([
    [`pod-cidr: ${A}`, [A]],
    [`name: pod-cidr\nvalue: ${A}`, [A]],
    [`a\n---\nname: pod-cidr\nvalue: ${A}`, [A]],
    ['pod-cidr: {{ a }}', ['computed']],
    ['pod-cidr: {{ a }}.0/24', ['computed']],
    [`{{ a }}: b\nname: pod-cidr\nvalue: ${A}`, [A]],
    [`a: [\npod-cidr: ${A}`, [A]],
  ])('%j gives %j, whether it says that it is YAML or not', (text, settings) => {
    expect(settingsOf(readYaml, text)).toStrictEqual(settings);
    expect(settingsOf(readLikelyYaml, text)).toStrictEqual(settings);
  });

  it('that is one string is a content, where it says that it is YAML, and else text', () => {
    const text = `a pod-cidr=${A}`;
    expect(record((search) => readYaml(text, search, 3))).toStrictEqual({
      settings: [],
      nested: [[text, 4, null]],
      unsearched: null,
    });
    expect(record((search) => readLikelyYaml(text, search, 3))).toStrictEqual({
      settings: [A],
      nested: [],
      unsearched: null,
    });
  });

  it.each<[string, readonly string[], readonly string[]]>([
    [`${DEEP}\npod-cidr: ${A}`, [MUCH], [MUCH]],
    [`  ${DEEP}\npod-cidr: ${A}`, [MUCH], [MUCH]],
    [`${'{a: '.repeat(200)}\npod-cidr: ${A}`, [MUCH], [MUCH]],
    [`a: ${DEEP}\npod-cidr: ${A}`, [MUCH], [A]],
  ])('that is too deep is refused where it is YAML for sure: %j', (text, yaml, likely) => {
    expect(settingsOf(readYaml, text)).toStrictEqual(yaml);
    expect(settingsOf(readLikelyYaml, text)).toStrictEqual(likely);
  });
});

describe('A template', () => {
  const FIRST = '## template: jinja\n';
  const rest = `pod-cidr=${A}{% set b %}`;

  it.each<[string, string]>([
    [`${FIRST}a`, 'a'],
    ['## template: jinja', ''],
    ['##\t template:jinja, and more\na', 'a'],
    ['## TEMPLATE:\na', 'a'],
    [`a\n${FIRST}b`, `a\n${FIRST}b`],
    ['a{# b %} c #}d', 'ad'],
    ['a{% b #} c %}d', 'ad'],
    ['{#}a#}b', 'b'],
    ['{%}a%}b', 'b'],
    ['a{# b', 'a'],
    ['a{% if b', 'a'],
    ['a{{ b }}c', 'a{{ b }}c'],
    ['{# {# #}a{% b %}c{# d #}e', 'ace'],
    [`{# if a #}${rest}`, `pod-cidr=${A}`],
    [`{% format %}${rest}`, `pod-cidr=${A}`],
    [`{% set if %}${rest}`, `pod-cidr=${A}`],
    [`{% if a %}b{% endif %}${rest}`, `bpod-cidr=${A}`],
    [`{%if a%}b{%endif%}${rest}`, `bpod-cidr=${A}`],
    [`{%-  if a -%}b{%-  endif -%}${rest}`, `bpod-cidr=${A}`],
    [`{% if a %}{% if b %}{% endif %}{% endif %}${rest}`, `pod-cidr=${A}`],
    [`pod-cidr=${A}{% if a %}b{% endif %}`, `pod-cidr=${A}b`],
  ])('%j holds %j', (text, content) => {
    expect(record((search) => readJinja(text, search, 3))).toStrictEqual({
      settings: [],
      nested: [[content, 4, null]],
      unsearched: null,
    });
  });

  it.each([
    ['{% if a %}'],
    ['{%if a%}'],
    ['{%- if a %}'],
    ['{%-if a %}'],
    ['{%  for a in b %}'],
    ['{% macro a() %}'],
    ['{% block a %}'],
    ['{% call a() %}'],
    ['{% filter a %}'],
    ['{% if a %}{% set end %}'],
    ['{% if a %}{% if b %}{% endif %}'],
  ])('has its value depend on %j', (condition) => {
    expect(record((search) => readJinja(`${condition}${rest}`, search, 3))).toStrictEqual({
      settings: ['computed'],
      nested: [],
      unsearched: null,
    });
  });
});

describe('What is packed', () => {
  const gzip = (content: string | Buffer, expanded = 0) => {
    const work = { ...beginWork(), expanded };
    const found = record((search) => readGzip(gzipSync(content), search, 3), work);
    return { ...found, expanded: work.expanded };
  };
  const BOMB = 'cannot be read: user data expands to more than 1 MiB';
  const LIMIT = 1024 * 1024;

  it('as gzip is a content, up to 1 MiB of all', () => {
    const rest = { settings: [], nested: [[Buffer.from('abc'), 4, null]], unsearched: null };
    expect(gzip('abc')).toStrictEqual({ ...rest, expanded: 3 });
    expect(gzip('abc', LIMIT - 3)).toStrictEqual({ ...rest, expanded: LIMIT });
  });

  it('as gzip is not expanded further', () => {
    const bomb = { settings: [BOMB], nested: [], unsearched: null };
    expect(gzip('abc', LIMIT - 2)).toStrictEqual({ ...bomb, expanded: LIMIT + 1 });
    expect(gzip('abcd', LIMIT - 2)).toStrictEqual({ ...bomb, expanded: LIMIT - 2 });
    expect(gzip(Buffer.alloc(2 * LIMIT))).toStrictEqual({ ...bomb, expanded: 0 });
  });

  it('as gzip may be broken', () => {
    const broken = gzipSync('abc').subarray(0, -9);
    const found = record((search) => readGzip(broken, search, 3));
    expect(found).toStrictEqual({
      settings: ['cannot be read: user data is broken gzip'],
      nested: [],
      unsearched: null,
    });
  });

  it.each<[string, string | null]>([
    ['data:,abc', 'abc'],
    ['data:;base64,YWJj', 'abc'],
    ['data:;base64,$$', null],
    ['MDEyMzQ1Njc4OWFi', '0123456789ab'],
    ['no base64 at all', null],
  ])('as text, like %j, is %j', (text, content) => {
    expect(record((search) => readPacked(text, search, 3))).toStrictEqual({
      settings: [],
      nested: content === null ? [] : [[Buffer.from(content), 4, null]],
      unsearched: null,
    });
  });
});

describe('R12: what a reader looks at is counted,', () => {
  it.each<[string, Reader, string]>([
    ['Python', readPython, '# a'],
    ['JavaScript', readJavaScript, '// a'],
    ['JSON', readJson, '// a\n{"a": 1}'],
    ['jinja', readJinja, '{# a #}'],
  ])('and %s is not read where that is too much', (_, reader, text) => {
    const work = { ...beginWork(), steps: 64 * 1024 };
    expect(record((search) => reader(text, search, 3), work)).toStrictEqual({
      settings: [MUCH],
      nested: [],
      unsearched: null,
    });
    expect(work.steps).toBeGreaterThan(64 * 1024);
  });
});
