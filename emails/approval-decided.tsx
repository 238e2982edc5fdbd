import { Go, Layout, P } from './_layout';

export interface Props {
  title: string;
  decision: 'approved' | 'rejected' | 'kept';
  /** Who or what decided: a name, or "the deadline". */
  by: string;
  /** Whether posting is stopped, so that nothing goes out at its time. */
  held?: boolean;
  url: string;
}
const WORDS = { approved: 'Approved', rejected: 'Rejected', kept: 'Still paused' } as const;
export const subject = (p: Props) => `${WORDS[p.decision]}: ${p.title}`;
export const preview: Props = {
  title: 'Five ways to plan a week',
  decision: 'approved',
  by: 'the deadline',
  url: 'https://tributary.example/todo',
};

export default function ApprovalDecided(p: Props) {
  return (
    <Layout preview={`Decided by ${p.by}.`} heading={`${WORDS[p.decision]}: ${p.title}`}>
      <P>Decided by {p.by}.</P>
      <P>
        {p.decision === 'approved'
          ? p.held
            ? 'Posting is stopped, so it does not go out until somebody starts posting again.'
            : 'It goes out at its time.'
          : p.decision === 'rejected'
            ? 'It does not go out. You can edit it and schedule it again.'
            : 'It waits until somebody approves or rejects it.'}
      </P>
      <Go href={p.url}>Open it</Go>
    </Layout>
  );
}
