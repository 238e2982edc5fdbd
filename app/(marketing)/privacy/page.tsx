import type { Metadata } from 'next';
import { Legal } from '../_pieces/legal';

export const metadata: Metadata = {
  title: 'Privacy',
  description: 'What is stored, for what, and who else sees it.',
};

export default function PrivacyPage() {
  return (
    <Legal
      title="Privacy"
      intro="What this installation of Tributary stores about you, for what, and who else sees it."
      sections={[
        {
          title: 'What is stored',
          text: [
            'Your name, e-mail address and a hash of your password. The browsers in which you are signed in, with the time of their last use.',
            'What you write, upload, schedule and sell; what your platforms report about sales, fees, refunds and views; a log of what was done in your workspace and by whom.',
            'Access tokens of the accounts that you connect, encrypted. They are opened only to make a call that you asked for.',
          ],
        },
        {
          title: 'For what',
          text: [
            'To do what you ask the service to do, to bill it, and to find out what went wrong when something does. There is no advertising, and nothing is sold.',
          ],
        },
        {
          title: 'Cookies',
          text: [
            'One cookie keeps you signed in. Your choice of theme is kept in your browser. There is no tracking, and these public pages load nothing from other sites.',
          ],
        },
        {
          title: 'Who else sees it',
          text: [
            'The platforms that you connect get what is published or listed there. When the operator has set them up: the language model’s provider gets the text from which a draft is made, Stripe handles payments, and an e-mail provider delivers messages.',
            'An installation without these sends nothing to anyone: the database, the drafter and the outbox are on its own machine.',
          ],
        },
        {
          title: 'Your choices',
          text: [
            'You can disconnect an account at any time; its tokens are deleted at once. Ask the operator for a copy of what is stored about you, or to have it corrected or deleted. Entries of the ledger are kept as long as the law asks for books to be kept.',
          ],
        },
      ]}
    />
  );
}
