import { A, Go, Layout, P, Quote, Small } from './_layout';

export interface Props {
  workspaceName: string;
  title: string;
  /** What would go out, one entry a platform. */
  items: { platform: string; text: string; when: string }[];
  approveUrl: string;
  rejectUrl: string;
  /** The To do page, where it can be read in full. */
  openUrl: string;
  /** Where what goes out with the texts is seen; null when they are all there is. */
  mediaUrl: string | null;
  /** The deadline in the workspace's zone, with the zone. */
  deadline: string;
  policy: 'approve' | 'reject' | 'keep';
}
const AT_DEADLINE = {
  approve: 'it is approved and goes out',
  reject: 'it is rejected and does not go out',
  keep: 'it stays paused until somebody decides',
} as const;
export const subject = (p: Props) => `Please decide: ${p.title}`;
export const preview: Props = {
  workspaceName: 'Riverside Studio',
  title: 'Five ways to plan a week',
  items: [
    {
      platform: 'X',
      text: 'Five ways to plan a week that survive Monday.\n[Picture: A calendar full of notes]',
      when: '3 March 2026, 09:30 (Berlin)',
    },
    {
      platform: 'Facebook',
      text: 'How do you plan your week? Here are five ways.',
      when: '3 March 2026, 09:45 (Berlin)',
    },
  ],
  approveUrl: 'https://tributary.example/api/approvals/example?decision=approve',
  rejectUrl: 'https://tributary.example/api/approvals/example?decision=reject',
  openUrl: 'https://tributary.example/todo',
  mediaUrl: 'https://tributary.example/todo#example',
  deadline: '3 March 2026, 09:00 (Berlin)',
  policy: 'keep',
};

export default function ApprovalRequested(p: Props) {
  return (
    <Layout preview={`${p.workspaceName} waits for your decision.`} heading={p.title}>
      <P>{p.workspaceName} waits for your decision before this goes out.</P>
      {p.items.map((item) => (
        <Quote key={`${item.platform} ${item.when}`} label={`${item.platform}, ${item.when}`}>
          {item.text}
        </Quote>
      ))}
      {p.mediaUrl ? (
        <P>
          Its pictures or video are not in this e-mail. <A href={p.mediaUrl}>Look at them in Tributary</A>{' '}
          before you decide.
        </P>
      ) : null}
      <Go href={p.approveUrl}>Approve</Go>
      <P>
        <A href={p.rejectUrl}>Reject</A> or <A href={p.openUrl}>read it in Tributary first</A>.
      </P>
      <Small>
        If nobody decides until {p.deadline}, {AT_DEADLINE[p.policy]}. The links are for you alone: whoever
        has them can decide.
      </Small>
    </Layout>
  );
}
