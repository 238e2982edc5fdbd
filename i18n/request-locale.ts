import 'server-only';
import { headers } from 'next/headers';
import { cache } from 'react';
import { type AnyLocale, acceptedLanguages, chooseLocale } from './locales';

/** The language of the request's reader: what their browser asks for. */
export const requestLocale = cache(
  async (): Promise<AnyLocale> => chooseLocale(acceptedLanguages((await headers()).get('accept-language'))),
);
