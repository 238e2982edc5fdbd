import type { InstantParam } from '@/server/foundation/facts';
import { Go, Layout, P, type TemplateContext } from './_layout';

export interface Props {
  workspaceName: string;
  by: string;
  at: InstantParam;
  url: string;
}
export const subject = (p: Props, { t }: TemplateContext['words']) =>
  t('emergencyOver.subject', { workspace: p.workspaceName });
export const preview: Props = {
  workspaceName: 'Riverside Studio',
  by: 'Mira Lindqvist',
  at: { instant: '2026-03-03T09:40:00.000Z', zone: 'Europe/Berlin' },
  url: 'https://tributary.example/home',
};

export default function EmergencyOver({ words, ...p }: Props & TemplateContext) {
  const { t } = words;
  return (
    <Layout words={words} preview={t('emergencyOver.preview', { by: p.by })} heading={subject(p, words)}>
      <P>{t('emergencyOver.what', { by: p.by, when: words.moment(p.at) })}</P>
      <Go href={p.url}>{t('emergencyOver.go')}</Go>
    </Layout>
  );
}
