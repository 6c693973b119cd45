// @ts-nocheck
import { readBatch } from './batch.ts';
import { decodePacked } from './decode.ts';
import { readInclude } from './include.ts';
import { readJavaScript } from './javascript.ts';
import { readJinja } from './jinja.ts';
import { readJson } from './json.ts';
import { readPacked } from './packed.ts';
import { readPerl } from './perl.ts';
import { readPowerShell } from './powershell.ts';
import { readPython } from './python.ts';
import type { Hint, Reader } from './reader.ts';
import { readShell } from './shell.ts';
import { readText } from './text.ts';
import { readWindows } from './windows.ts';
import { readLikelyYaml, readYaml } from './yaml.ts';

/** How a content is known, and who reads it. */
interface Format {
  readonly detects: (text: string, hint: Hint) => boolean;
  readonly read: Reader;
}

function startsWith(pattern: RegExp): Format['detects'] {
  return (text) => pattern.test(text);
}

function isHinted(hint: Hint): Format['detects'] {
  return (_text, given) => given === hint;
}

/**
 * The first that fits reads. What a content says of itself in its first line comes before what surrounds it
 * says, and that before what it looks like. Source: https://docs.cloud-init.io/en/latest/explanation/format.html
 */
export const FORMATS: readonly Format[] = [
  { detects: startsWith(/^#include(?:-once)?\s/), read: readInclude },
  { detects: isHinted('include'), read: readInclude },
  { detects: startsWith(/^##[ \t]*template:/i), read: readJinja },
  { detects: startsWith(/^#cloud-config/), read: readYaml },
  { detects: startsWith(/^#!.*python|^#part-handler/), read: readPython },
  { detects: startsWith(/^#!.*(?:pwsh|powershell)|^#ps1/i), read: readPowerShell },
  { detects: startsWith(/^#!.*(?:node|deno|bun)\b/), read: readJavaScript },
  { detects: startsWith(/^#!.*(?:perl|ruby)/), read: readPerl },
  { detects: startsWith(/^#!|^#cloud-boothook/), read: readShell },
  { detects: startsWith(/^(?:rem cmd|@echo off)\b/i), read: readBatch },
  { detects: startsWith(/(?:^|\n)[ \t]*<(?:powershell|script)>/i), read: readWindows },
  { detects: startsWith(/^data:[^,\s]{0,200},/i), read: readPacked },
  { detects: (text) => decodePacked(text) !== null, read: readPacked },
  { detects: isHinted('jinja'), read: readJinja },
  { detects: isHinted('yaml'), read: readYaml },
  { detects: isHinted('python'), read: readPython },
  { detects: isHinted('powershell'), read: readPowerShell },
  { detects: isHinted('batch'), read: readBatch },
  { detects: isHinted('shell'), read: readShell },
  { detects: startsWith(/^\s*(?:\/[/*][\s\S]*?)?[{[]/), read: readJson },
  {
    detects: startsWith(/^(?:[ \t]*(?:#.*)?\n)*(?:---|%YAML|-[ \t]|["']?[\w./-]+["']?[ \t]*:(?:\s|$))/),
    read: readLikelyYaml,
  },
  { detects: startsWith(/(?:^|\n)\$[\w:]+[ \t]*=[ \t]*["']/), read: readPowerShell },
  { detects: () => true, read: readText },
];
