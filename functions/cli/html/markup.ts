const MARKUP: unique symbol = Symbol('markup');

/** Text that is HTML already. Nothing that was read from a file can be one: JSON has no symbols. */
export interface Markup {
  readonly [MARKUP]: string;
}

/** What can stand in a template: text, which is escaped; markup, as it is; lists of both; null for nothing. */
export type Part = string | number | Markup | null | readonly Part[];

/**
 * Builds markup. Every value is escaped for element content and for attributes in double quotes.
 *
 * @example htmlText(html`<b title="${'"'}">${'<i>'}</b>`) //=> '<b title="&quot;">&lt;i&gt;</b>'
 */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return trust(
    strings.map((string, i) => string + (i < parts.length ? render(parts[i] ?? null) : '')).join(''),
  );
}

/** Markup from our own text, such as a style sheet. Never from anything that was read. */
export function trust(text: string): Markup {
  return { [MARKUP]: text };
}

/** The text of finished markup. */
export function htmlText(markup: Markup): string {
  return markup[MARKUP];
}

function render(part: Part): string {
  if (part === null) return '';
  if (typeof part === 'object') return MARKUP in part ? part[MARKUP] : part.map(render).join('');
  return showHidden(String(part)).replace(/[&<>"']/g, (letter) => ENTITIES[letter] ?? '');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/**
 * Names what cannot be seen: control, direction, format and private characters, and halves of surrogate pairs.
 * A name could otherwise look like another, or turn the text around it (https://www.unicode.org/reports/tr36/).
 */
function showHidden(text: string): string {
  return text.replace(
    /(?![\n\t])[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu,
    (letter) => `⟨U+${(letter.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟩`,
  );
}
