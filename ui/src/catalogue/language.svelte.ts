/**
 * The catalogue of the page's language: the one that its root element names, so that a change of
 * that attribute changes all text shown. `en-x-pseudo` is English with other letters and longer
 * words, for tests and for checking whether a layout has room for them.
 */
import {
  FluentBundle,
  FluentNone,
  FluentNumber,
  FluentResource,
  type FluentFunction,
  type FluentVariable,
} from '@fluent/bundle';
import english from '../../../locales/en.ftl?raw';
import { pseudo } from './pseudo';

const PSEUDO = 'en-x-pseudo';
/** The language of dates and numbers, in the form that `Intl` takes. */
export const LANGUAGE = 'en-GB';

function milliseconds(given: FluentVariable | undefined): Date | null {
  return given instanceof FluentNumber ? new Date(given.value) : null;
}

const time = new Intl.DateTimeFormat(LANGUAGE, { hour: '2-digit', minute: '2-digit' });
const weekday = new Intl.DateTimeFormat(LANGUAGE, { weekday: 'long' });
const grouped = new Intl.NumberFormat(LANGUAGE);
const day = new Intl.DateTimeFormat(LANGUAGE, { day: 'numeric', month: 'long' });

/** As in `studio::catalogue`; `COUNT` is the page's own and adds thousands separators. */
const functions: Record<string, FluentFunction> = {
  COUNT: ([given]) =>
    given instanceof FluentNumber ? grouped.format(given.value) : new FluentNone('COUNT'),
  CLOCK: ([moment]) => {
    const at = milliseconds(moment as FluentVariable);
    if (!at) return new FluentNone('CLOCK');
    const today = at.toDateString() === new Date().toDateString();
    if (today) return time.format(at);
    const { catalogue } = language;
    const pattern = catalogue.getMessage('clock-of-another-day')?.value ?? '';
    const given = { time: time.format(at), day: weekday.format(at) };
    return catalogue.formatPattern(pattern, given);
  },
  MOMENT: ([given]) => {
    const at = milliseconds(given as FluentVariable);
    return at ? `${day.format(at)}, ${time.format(at)}` : new FluentNone('MOMENT');
  },
  DAY: ([given]) =>
    typeof given === 'string' && given !== ''
      ? day.format(new Date(`${given}T12:00`))
      : new FluentNone('DAY'),
  PLATFORM: () =>
    navigator.userAgent.includes('Mac OS')
      ? 'macos'
      : navigator.userAgent.includes('Windows')
        ? 'windows'
        : 'linux',
};

function bundle(transform?: (text: string) => string): FluentBundle {
  // Without direction marks around each parameter: the page's own elements isolate what is shown.
  const made = new FluentBundle(LANGUAGE, {
    functions,
    useIsolating: false,
    ...(transform && { transform }),
  });
  const errors = made.addResource(new FluentResource(english));
  if (errors.length > 0) throw new Error(`the catalogue is broken: ${errors.join(', ')}`);
  return made;
}

function catalogueOf(lang: string): FluentBundle {
  return lang === PSEUDO ? bundle(pseudo) : bundle();
}

class Language {
  catalogue = $state.raw(catalogueOf(document.documentElement.lang));

  constructor() {
    const page = document.documentElement;
    const changes = new MutationObserver(() => (this.catalogue = catalogueOf(page.lang)));
    changes.observe(page, { attributes: true, attributeFilter: ['lang'] });
  }
}

export const language = new Language();
