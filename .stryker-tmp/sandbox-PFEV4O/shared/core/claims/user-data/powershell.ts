// @ts-nocheck
import { findAssignments } from './assignments.ts';
import { type Reader, TOO_MUCH } from './reader.ts';
import { flatten, type Syntax } from './source.ts';

const POWERSHELL: Syntax = {
  marks: '[#\'"`]|<#|@["\']',
  lineComment: '#',
  beforeComment: /[\s;|&(){}]/,
  blockComments: [['<#', '#>']],
  strings: [
    { open: '@"', close: '\n"@', escapes: true },
    { open: "@'", close: "\n'@", escapes: false },
    { open: '"', close: '"', escapes: true },
    { open: "'", close: "'", escapes: false },
  ],
  escape: '`',
};

/** Reads a script of PowerShell: variables, the environment, and parameters of commands. */
export const readPowerShell: Reader = function* (text, search, depth) {
  const flat = flatten(text, POWERSHELL, search.work);
  if (flat === null) return yield TOO_MUCH;
  const { spelling } = search.key;
  const name = `(${spelling})`;
  const plain = flat.text
    // $podCidr = …, $env:POD_CIDR = …, ${env:POD_CIDR} = …
    .replace(new RegExp(`\\$\\{?(?:\\w+:)?${name}\\}?[ \\t]*=(?!=)`, 'gi'), ' $1=')
    // -PodCIDR …, -PodCIDR:…
    .replace(new RegExp(`(?<=\\s)-${name}(?:[ \\t]+|:[ \\t]*)`, 'gi'), ' --$1 ')
    // [Environment]::SetEnvironmentVariable("POD_CIDR", "…", "Machine")
    .replace(new RegExp(`["']${name}["'][ \\t]*,\\s*(?=["'$])`, 'gi'), ' $1=')
    // setx POD_CIDR …, Set-Item env:POD_CIDR …
    .replace(
      new RegExp(`\\b(?:setx[ \\t]+["']?|env:\\\\?)${name}["']?(?:[ \\t]+-Value)?[ \\t]+(?=["'$\\d])`, 'gi'),
      ' $1=',
    );
  yield* findAssignments(plain, search, depth);
};
