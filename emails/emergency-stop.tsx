import type { InstantParam } from '@/server/foundation/facts';
import { Go, Layout, P, Small, type TemplateContext } from './_layout';

export interface Props {
  workspaceName: string;
  /** Who triggered it; null if that is no longer known. */
  by: string | null;
  at: InstantParam;
  /** Number of posts in flight at that moment. */
  sending: number;
  url: string;
}
export const subject = (p: Props, { t }: TemplateContext['words']) =>
  t('emergencyStop.subject', { workspace: p.workspaceName });
export const preview: Props = {
  workspaceName: 'Riverside Studio',
  by: 'Mira Lindqvist',
  at: { instant: '2026-03-03T08:12:00.000Z', zone: 'Europe/Berlin' },
  sending: 1,
  url: 'https://tributary.example/home',
};

export default function EmergencyStop({ words, ...p }: Props & TemplateContext) {
  const { t } = words;
  const { by } = p;
  const when = words.moment(p.at);
  return (
    <Layout
      words={words}
      preview={by === null ? t('emergencyStop.previewSomebody') : t('emergencyStop.preview', { by })}
      heading={subject(p, words)}
    >
      <P>{by === null ? t('emergencyStop.whatSomebody', { when }) : t('emergencyStop.what', { by, when })}</P>
      {p.sending > 0 ? <P>{t('emergencyStop.sending', { count: p.sending })}</P> : null}
      <Go href={p.url}>{t('emergencyStop.go')}</Go>
      <Small>{t('emergencyStop.note')}</Small>
    </Layout>
  );
}
