import { Go, Layout, P } from './_layout';

export interface Props {
  workspaceName: string;
  by: string;
  /** When, in the workspace's zone, with the zone. */
  when: string;
  sending: number;
  url: string;
}
export const subject = (p: Props) => `${p.workspaceName} goes on again`;
export const preview: Props = {
  workspaceName: 'Riverside Studio',
  by: 'Mira Lindqvist',
  when: '2026-03-03 10:40 (Europe/Berlin)',
  sending: 0,
  url: 'https://tributary.example/home',
};

export default function EmergencyOver(p: Props) {
  return (
    <Layout preview={`${p.by} ended the emergency stop.`} heading={`${p.workspaceName} goes on again`}>
      <P>
        {p.by} ended the emergency stop at {p.when}. Posts, listings and prices go on. Posts whose time passed
        in between are handled by the workspace’s rule for missed posts; what it asks is on the To do page.
      </P>
      <Go href={p.url}>Open Tributary</Go>
    </Layout>
  );
}
