import 'server-only';
import { headers } from 'next/headers';
import { cache } from 'react';
import type { AnyLocale } from './locales';
import { readerLocale } from './reader-locale';

/** Returns the language of the current request's reader. */
export const requestLocale = cache(async (): Promise<AnyLocale> => readerLocale(await headers()));
