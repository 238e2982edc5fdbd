import { Go, Layout, P } from './_layout';

export interface Props {
  workspaceName: string;
  from: string;
  to: string;
  /** What it means, as a sentence: limits that changed, or when it ends. */
  meaning: string;
  url: string;
}
export const subject = (p: Props) => `${p.workspaceName} is now on ${p.to}`;
export const preview: Props = {
  workspaceName: 'Riverside Studio',
  from: 'Free',
  to: 'Pro',
  meaning: 'You can connect 10 accounts and publish 100 posts a day.',
  url: 'https://tributary.example/settings/billing',
};

export default function PlanChanged(p: Props) {
  return (
    <Layout preview={p.meaning} heading={`From ${p.from} to ${p.to}`}>
      <P>
        {p.workspaceName} is now on the {p.to} plan. {p.meaning}
      </P>
      <Go href={p.url}>See your plan</Go>
    </Layout>
  );
}
