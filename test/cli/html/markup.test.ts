import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { html, htmlText, trust } from '../../../functions/cli/html/markup.ts';
import { anyCharacter } from '../../any-character.ts';

describe('markup', () => {
  it.each([
    ['an element', '<script>alert(1)</script>', '&lt;script&gt;alert(1)&lt;/script&gt;'],
    ['double quotes', '" onload="x', '&quot; onload=&quot;x'],
    ['single quotes', "' onload='x", '&#39; onload=&#39;x'],
    ['an entity', '&lt;', '&amp;lt;'],
    ['a change of direction', 'a\u202eb', 'a⟨U+202E⟩b'],
    ['an isolate', '\u2067', '⟨U+2067⟩'],
    ['a letter without width', 'node\u200b-1', 'node⟨U+200B⟩-1'],
    ['a control character', '\u0007', '⟨U+0007⟩'],
    ['half of a surrogate pair', '\ud800', '⟨U+D800⟩'],
    ['a tag character', '\u{e0041}', '⟨U+E0041⟩'],
    ['line ends and tabs', 'a\n\tb', 'a\n\tb'],
    ['letters of any script', 'узел-1 עובד', 'узел-1 עובד'],
  ])('makes %s harmless', (_, text, expected) => {
    expect(htmlText(html`<b title="${text}">${text}</b>`)).toBe(`<b title="${expected}">${expected}</b>`);
  });

  it('keeps markup, and joins lists', () => {
    const items = ['a', 'b'].map((letter) => html`<li>${letter}</li>`);
    expect(htmlText(html`<ul>${items}${null}${3}</ul>${trust('<br>')}`)).toBe(
      '<ul><li>a</li><li>b</li>3</ul><br>',
    );
  });

  it('lets no text end the element or the attribute that it is in', () => {
    const isHarmless = fc.property(fc.string({ unit: anyCharacter }), (text) => {
      expect(htmlText(html`${text}`)).not.toMatch(/[<>"']|&(?!(amp|lt|gt|quot|#39);)/);
    });
    fc.assert(isHarmless);
  });
});
