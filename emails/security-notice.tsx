import { Go, Layout, P, Small } from './_layout';

export interface Props {
  change: 'password-changed' | 'password-reset' | 'sessions-ended' | 'email-asked' | 'email-changed';
  /** What the browser says of itself, in words of ours. */
  device: string;
  /** With its zone. */
  when: string;
  /** Where a new password is set. */
  url: string;
}
const WORDS = {
  'password-changed': {
    subject: 'Your password was changed',
    text: 'The password of your account was changed in its settings. All other browsers were signed out.',
  },
  'password-reset': {
    subject: 'A new password was set',
    text: 'A new password was set for your account with a link from an e-mail to this address. All browsers were signed out.',
  },
  'sessions-ended': {
    subject: 'Browsers were signed out of your account',
    text: 'One or more browsers were signed out of your account, in its settings.',
  },
  'email-asked': {
    subject: 'Your account is to get another e-mail address',
    text: 'A change of your e-mail address was asked for. It happens when the link that we sent to the new address is used.',
  },
  'email-changed': {
    subject: 'Your e-mail address was changed',
    text: 'Your account has another e-mail address now. E-mails to the old one have ended, and links in them no longer work.',
  },
} as const;
export const subject = (p: Props) => WORDS[p.change].subject;
export const preview: Props = {
  change: 'password-changed',
  device: 'Firefox on Linux',
  when: '2026-03-02 10:00 UTC',
  url: 'https://tributary.example/forgot',
};

export default function SecurityNotice({ change, device, when, url }: Props) {
  return (
    <Layout preview={`${when}, ${device}`} heading={WORDS[change].subject}>
      <P>{WORDS[change].text}</P>
      <P>
        It was done on {when} from: {device}.
      </P>
      <P>
        If it was you, there is nothing to do. If it was not, set a new password now: that signs everybody
        else out.
      </P>
      <Go href={url}>Set a new password</Go>
      <Small>
        If you can no longer get into your account that way, write to whoever runs this installation.
      </Small>
    </Layout>
  );
}
