import { useLocale, useTranslations } from 'next-intl';
import { intlTag } from '@/i18n/locales';
import { MB, type SendProblem, type SendProgress } from './send-file';

type FilesWords = ReturnType<typeof useTranslations<'files'>>;

/** Returns the texts about files and their uploads, in one language. */
export function uploadTexts(t: FilesWords, locale: string) {
  const number = (value: number, digits: number) =>
    new Intl.NumberFormat(intlTag(locale), {
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
      useGrouping: false,
    }).format(value);
  /** A formatted size: "1.4 MB". */
  const size = (bytes: number): string =>
    bytes < MB
      ? t('size.kilobytes', { size: number(Math.max(1, Math.round(bytes / 1024)), 0) })
      : t('size.megabytes', { size: number(bytes / MB, 1) });
  return {
    size,
    /** The progress of an upload as text. */
    progress: ({ step }: Pick<SendProgress, 'step'>): string =>
      step.at === 'sending'
        ? t('progress.sent', {
            sent: step.sent === 0 ? number(0, 0) : size(step.sent),
            size: size(step.size),
          })
        : t(`progress.${step.at}`),
    /** Why an upload failed, as text. */
    problem: (problem: SendProblem): string =>
      problem.why === 'refused'
        ? problem.message
        : problem.why === 'tooLarge'
          ? t('problem.tooLarge', {
              megabytes: problem.most / MB,
              // Rounded up, so that a size above the limit never reads like the limit.
              size: Math.ceil((problem.size / MB) * 10) / 10,
            })
          : t('problem.lost'),
  };
}

/** Returns the texts about files and their uploads, in the reader's language. */
export function useUploadTexts() {
  return uploadTexts(useTranslations('files'), useLocale());
}
