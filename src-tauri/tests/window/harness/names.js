// Roles, accessible names and visibility, as perceived by a user who points at things or has them
// read out. Covers the part of the rules for accessible names (https://www.w3.org/TR/accname) that
// this program's page uses, not all of them. The harness appends a line of its own that calls
// `find`, `describe` or `controls`.
const inputs = { checkbox: 'checkbox', radio: 'radio', range: 'slider', button: 'button', submit: 'button',
  search: 'searchbox', number: 'spinbutton' };
const tags = { BUTTON: 'button', TEXTAREA: 'textbox', H1: 'heading', H2: 'heading', H3: 'heading', DIALOG: 'dialog',
  IMG: 'img', PROGRESS: 'progressbar', FIELDSET: 'group', UL: 'list', OL: 'list', LI: 'listitem', VIDEO: 'video',
  ARTICLE: 'article', MAIN: 'main', NAV: 'navigation', SELECT: 'combobox', OPTION: 'option' };

function roleOf(element) {
  const given = element.getAttribute('role');
  if (given) return given.split(' ')[0];
  const tag = element.tagName;
  if (tag === 'INPUT') return inputs[element.type] ?? 'textbox';
  if (tag === 'A' && element.hasAttribute('href')) return 'link';
  if (tag === 'SECTION' && (element.hasAttribute('aria-label') || element.hasAttribute('aria-labelledby'))) return 'region';
  return tags[tag] ?? '';
}

const tidy = (text) => (text ?? '').replace(/\s+/g, ' ').trim();

// The text of an element as it is read out: without hidden parts, and with pictures replaced by
// their names.
function textOf(element) {
  let text = '';
  for (const node of element.childNodes) {
    if (node.nodeType === Node.TEXT_NODE) text += node.data;
    if (node.nodeType !== Node.ELEMENT_NODE) continue;
    if (node.getAttribute('aria-hidden') === 'true' || getComputedStyle(node).display === 'none') continue;
    const inline = getComputedStyle(node).display.startsWith('inline');
    const inner = node.getAttribute('aria-label') ?? (node.tagName === 'IMG' ? node.alt : textOf(node));
    text += inline ? inner : ` ${inner} `;
  }
  return text;
}

const fromContent = new Set(['button', 'link', 'heading', 'radio', 'checkbox', 'switch', 'option', 'listitem',
  'menuitem', 'menuitemradio', 'tab', 'status', 'alert', 'tooltip']);

function nameOf(element) {
  const labelledBy = element.getAttribute('aria-labelledby');
  if (labelledBy) {
    const parts = labelledBy.split(/\s+/).map((id) => document.getElementById(id)).filter(Boolean);
    return tidy(parts.map((part) => part.getAttribute('aria-label') ?? textOf(part)).join(' '));
  }
  const label = element.getAttribute('aria-label');
  if (label) return tidy(label);
  if (element.labels?.length) return tidy([...element.labels].map(textOf).join(' '));
  if (element.tagName === 'FIELDSET') return tidy(element.querySelector('legend')?.textContent);
  if (element.tagName === 'IMG') return tidy(element.alt);
  if (fromContent.has(roleOf(element))) return tidy(textOf(element)) || tidy(element.title);
  return tidy(element.title || element.placeholder);
}

function shown(element) {
  if (element.closest('[aria-hidden="true"], [inert]')) return false;
  if (element.checkVisibility && !element.checkVisibility({ visibilityProperty: true })) return false;
  const box = element.getBoundingClientRect();
  // A radio or a switch may be drawn by its label, with the input itself invisible.
  return box.width > 0 && box.height > 0 || element.tagName === 'INPUT';
}

function matches(name, wanted) {
  if (wanted === '') return true;
  return wanted.endsWith('…') && !name.endsWith('…') ? name.startsWith(wanted.slice(0, -1)) : name === wanted;
}

// Finds elements by a list of steps from the outside in, [[role, name], …]. A name that ends with
// "…" matches every name that starts with the text before it; an empty name matches all.
function find(steps) {
  let found = [document.body];
  for (const [role, name] of steps) {
    const inside = new Set();
    for (const scope of found) {
      for (const element of scope.querySelectorAll('*')) {
        if (roleOf(element) === role && shown(element) && matches(nameOf(element), name)) inside.add(element);
      }
    }
    found = [...inside];
  }
  return found;
}

const describe = (element) => [roleOf(element), nameOf(element)];

const operated = new Set(['button', 'link', 'textbox', 'searchbox', 'spinbutton', 'slider', 'switch', 'checkbox', 'radio',
  'combobox', 'tab', 'menuitem', 'menuitemradio', 'menuitemcheckbox']);

// Every control that can be seen and used right now.
const controls = () => [...document.querySelectorAll('*')]
  .filter((element) => operated.has(roleOf(element)) && shown(element)
    && !element.matches(':disabled, [aria-disabled="true"], [aria-disabled="true"] *'))
  .map(describe);


// Texts that are shown or read out and have four plain letters in a row, without those that are
// known. In the pseudo-language, no word of the catalogue does.
function plainWords(known) {
  const said = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node.nodeType === Node.TEXT_NODE) {
      if (node.parentElement.checkVisibility()) said.push(node.data);
    } else if (node.checkVisibility()) {
      for (const name of ['aria-label', 'aria-valuetext', 'aria-description', 'title', 'placeholder', 'alt'])
        said.push(node.getAttribute(name) ?? '');
    }
  }
  const plain = said.map((text) =>
    known.reduce((rest, one) => rest.replaceAll(one, ''), tidy(text)).replace(/(^| )\/[^ ]+/g, ''), // paths
  );
  return [...new Set(plain.filter((text) => /[A-Za-z]{4}/.test(text)))];
}
