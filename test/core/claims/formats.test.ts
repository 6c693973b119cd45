import { describe, expect, it } from '@jest/globals';
import { readBatch } from '../../../shared/core/claims/user-data/batch.ts';
import { FORMATS } from '../../../shared/core/claims/user-data/formats.ts';
import { readInclude } from '../../../shared/core/claims/user-data/include.ts';
import { readJavaScript } from '../../../shared/core/claims/user-data/javascript.ts';
import { readJinja } from '../../../shared/core/claims/user-data/jinja.ts';
import { readJson } from '../../../shared/core/claims/user-data/json.ts';
import { readPacked } from '../../../shared/core/claims/user-data/packed.ts';
import { readPerl } from '../../../shared/core/claims/user-data/perl.ts';
import { readPowerShell } from '../../../shared/core/claims/user-data/powershell.ts';
import { readPython } from '../../../shared/core/claims/user-data/python.ts';
import type { Hint, Reader } from '../../../shared/core/claims/user-data/reader.ts';
import { readShell } from '../../../shared/core/claims/user-data/shell.ts';
import { readText } from '../../../shared/core/claims/user-data/text.ts';
import { readWindows } from '../../../shared/core/claims/user-data/windows.ts';
import { readLikelyYaml, readYaml } from '../../../shared/core/claims/user-data/yaml.ts';

function readerOf(text: string, hint: Hint = null): Reader | undefined {
  return FORMATS.find(({ detects }) => detects(text, hint))?.read;
}

describe('A content is read by', () => {
  it.each<[string, Reader, readonly string[]]>([
    ['nobody: addresses', readInclude, ['#include\nhttp://a', '#include-once http://a']],
    ['templates', readJinja, ['## template: jinja\n', '##template:jinja', '##  \tTemplate: jinja']],
    ['cloud-config', readYaml, ['#cloud-config\n', '#cloud-config-archive\n']],
    ['Python', readPython, ['#!/usr/bin/env python3\n', '#!python\n', '#part-handler\n']],
    [
      'PowerShell',
      readPowerShell,
      ['#!/usr/bin/pwsh\n', '#!PowerShell\n', '#ps1_sysnative\n', '$a = "1"', 'b\n$env:A="1"', "$a\t=\t'1'"],
    ],
    ['JavaScript', readJavaScript, ['#!/usr/bin/node\n', '#!/usr/bin/env deno\n', '#!bun\n']],
    ['Perl', readPerl, ['#!/usr/bin/perl\n', '#!/usr/bin/env ruby\n']],
    ['a shell', readShell, ['#!/bin/sh\n', '#!/bin/nodes\n', '#cloud-boothook\n']],
    ['the command prompt', readBatch, ['rem cmd\n', '@Echo off\n']],
    ['Windows', readWindows, ['<powershell>', 'a: 1\n \t<SCRIPT>', '\n<script>']],
    ['whatever it holds', readPacked, ['data:,a', 'DATA:text/plain,a', 'MDEyMzQ1Njc4OWFi']],
    ['JSON', readJson, ['{', ' \n[', '// a\n{', '/* a */ [', '//\n\n {']],
    [
      'YAML',
      readLikelyYaml,
      [
        'a: 1',
        'a:',
        '"a" : 1',
        "'a': 1",
        '# b\n\n  # c\na: 1',
        '---',
        '%YAML 1.2',
        '- a',
        '  \n-\ta',
        'a/b.c-d: 1',
      ],
    ],
    [
      'nobody in particular: text',
      readText,
      [
        '',
        'a=1',
        'a:1',
        ' #include\n',
        '#included\n',
        'a\n## template: jinja\n',
        ' #cloud-config\n',
        'a #!/usr/bin/python',
        '# #part-handler',
        'a #ps1',
        'a #!/usr/bin/pwsh',
        'a #!/usr/bin/node',
        'a #!/usr/bin/perl',
        'a #!/bin/sh',
        '# #cloud-boothook',
        'a rem cmd',
        'rem cmds',
        'a <powershell>',
        'the data:,a',
        'a $b = "1"',
        '$ = "1"',
        '$a = 1',
        '-a',
        'a b: 1',
      ],
    ],
  ])('what reads %s', (_, reader, texts) => {
    for (const text of texts) expect([text, readerOf(text)?.name]).toEqual([text, reader.name]);
  });

  it.each<[Hint, Reader]>([
    ['include', readInclude],
    ['jinja', readJinja],
    ['yaml', readYaml],
    ['python', readPython],
    ['powershell', readPowerShell],
    ['batch', readBatch],
    ['shell', readShell],
    [null, readText],
  ])('what reads %s, where what surrounds it says so and it says nothing', (hint, reader) => {
    expect(readerOf('a=1', hint)?.name).toBe(reader.name);
    if (hint !== 'include') expect(readerOf('#!/usr/bin/perl\n', hint)?.name).toBe(readPerl.name);
  });
});
