import { getTranslations } from 'next-intl/server';
import type { Words } from './frame-words';

/** Returns the texts that the root layout passes to `FrameWords`. */
export async function frameWords(): Promise<Words> {
  const t = await getTranslations('frame.everywhere');
  return {
    failed: {
      heading: t('failed.heading'),
      title: t('failed.title'),
      description: t('failed.description'),
      awayTitle: t('failed.awayTitle'),
      awayDescription: t('failed.awayDescription'),
      retry: t('failed.retry'),
      reference: t('failed.reference'),
    },
    form: { optional: t('form.optional'), fieldsWrong: t('form.fieldsWrong') },
    password: {
      label: t('password.label'),
      show: t('password.show'),
      hide: t('password.hide'),
      kept: t('password.kept'),
      needed: t('password.needed'),
      rules: {
        length: t('password.rules.length'),
        upper: t('password.rules.upper'),
        lower: t('password.rules.lower'),
        digit: t('password.rules.digit'),
        special: t('password.rules.special'),
      },
    },
  };
}
