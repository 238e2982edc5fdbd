import { Go, Layout, P, Small } from './_layout';

export interface Props {
  workspaceName: string;
  by: string;
  /** When, in the workspace's zone, with the zone. */
  when: string;
  /** Posts that were on their way at that moment. */
  sending: number;
  url: string;
}
export const subject = (p: Props) => `Everything is stopped in ${p.workspaceName}`;
export const preview: Props = {
  workspaceName: 'Riverside Studio',
  by: 'Mira Lindqvist',
  when: '2026-03-03 09:12 (Europe/Berlin)',
  sending: 1,
  url: 'https://tributary.example/home',
};

export default function EmergencyStop(p: Props) {
  return (
    <Layout
      preview={`${p.by} pulled the emergency stop.`}
      heading={`Everything is stopped in ${p.workspaceName}`}
    >
      <P>
        {p.by} pulled the emergency stop at {p.when}. Nothing is posted, listed, taken down or priced until a
        manager or an owner starts it again. The queue is kept.
      </P>
      {p.sending > 0 ? (
        <P>
          {p.sending === 1
            ? 'One post was being sent at that moment. It cannot be called back, and you will see how it ended.'
            : `${p.sending} posts were being sent at that moment. They cannot be called back, and you will see how they ended.`}
        </P>
      ) : null}
      <Go href={p.url}>Open Tributary</Go>
      <Small>Every member of the workspace gets this message, and another one when it goes on.</Small>
    </Layout>
  );
}
