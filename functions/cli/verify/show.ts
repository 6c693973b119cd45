import { countOf } from '../../../shared/core/findings/finding.ts';
import { type Style, type Terminal, wrapText } from '../terminal.ts';
import { AREAS, type Area, type Examination, type Part } from './model.ts';
import type { Verdict } from './verdict.ts';

const MARKS: Readonly<Record<Part['state'], { readonly mark: string; readonly style: Style }>> = {
  broken: { mark: '✗', style: 'red' },
  unseen: { mark: '?', style: 'yellow' },
  whole: { mark: '✓', style: 'green' },
};

/** Shows each area on a line, under it what is not whole in it, and the verdict. */
export function showExamination(
  terminal: Terminal,
  { deployment, parts }: Examination,
  verdict: Verdict,
  place: string,
): void {
  const { print, paint, columns } = terminal;
  for (const line of wrapText(`The ${deployment} in ${place}`, columns)) print(paint('bold', line));
  print();
  for (const area of AREAS) {
    const those = parts.filter((part) => part.area === area);
    if (those.length > 0) showArea(terminal, area, those);
  }
  print();
  const { style } = MARKS[verdict.kind];
  for (const line of wrapText(verdict.sentence, columns)) print(paint(style, line));
}

function showArea(terminal: Terminal, area: Area, parts: readonly Part[]): void {
  const { print, paint } = terminal;
  const state = (['broken', 'unseen', 'whole'] as const).find((each) =>
    parts.some((part) => part.state === each),
  );
  const { mark, style } = MARKS[state ?? 'whole'];
  const whole = parts.filter((part) => part.state === 'whole').length;
  const counts =
    whole === parts.length ? countOf(whole, 'part') : `${whole} of ${countOf(parts.length, 'part')} whole`;
  print(`${paint(style, mark)} ${paint('bold', area.padEnd(9))} ${counts}`);
  for (const part of parts) showPart(terminal, part);
}

function showPart(terminal: Terminal, part: Part): void {
  switch (part.state) {
    case 'whole':
      return;
    case 'unseen': {
      const { code, message, needs } = part.why;
      const rights = needs.length === 0 ? '' : ` It needs ${needs.join(', ')}.`;
      say(terminal, `${part.name} could not be looked at (${code}): ${message}${rights}`, 'yellow');
      return;
    }
    case 'broken':
      for (const { problem, remedy, commands } of part.defects) {
        say(terminal, `${part.name}: ${problem}`, 'red');
        say(terminal, `Remedy: ${remedy}`);
        // Whole, however long: they are there to be copied.
        for (const command of commands) terminal.print(`    $ ${terminal.paint('cyan', command)}`);
      }
  }
}

function say({ print, paint, width }: Terminal, text: string, style?: Style): void {
  for (const line of wrapText(text, width - 4))
    print(`    ${style === undefined ? line : paint(style, line)}`);
}
