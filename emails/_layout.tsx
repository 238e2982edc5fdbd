import {
  Body,
  Button,
  Container,
  Head,
  Heading,
  Hr,
  Html,
  Link,
  Preview,
  Section,
  Text,
} from '@react-email/components';
import { Fragment, type ReactNode } from 'react';
import type { EmailWords } from '@/i18n/email-words';
import { directionOf } from '@/server/foundation/bidi-text';

const font = "-apple-system, BlinkMacSystemFont, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif";
const ink = '#1b1f1e';
const quiet = '#5b6462';
const teal = '#0f6b66';

/** What every template receives in addition to its own props. */
export interface TemplateContext {
  words: EmailWords;
}

/**
 * The frame of every e-mail: one heading, a few paragraphs, at most a few links. Readable without images and styles. `ownHeading`: the
 * heading is a text of the user's, so its direction follows its first letter.
 */
export function Layout(
  props: TemplateContext & { preview: string; heading: string; ownHeading?: boolean; children: ReactNode },
) {
  const { t, locale } = props.words;
  return (
    <Html lang={locale} dir={directionOf(locale)}>
      <Head />
      <Preview>{props.preview}</Preview>
      <Body style={{ backgroundColor: '#f6f6f3', margin: 0, padding: '24px 12px', fontFamily: font }}>
        <Container
          style={{
            backgroundColor: '#ffffff',
            border: '1px solid #e2e3df',
            borderRadius: 8,
            maxWidth: 560,
            padding: 28,
          }}
        >
          <Text style={{ color: teal, fontSize: 14, fontWeight: 600, margin: '0 0 16px' }}>
            {t('layout.brand')}
          </Text>
          <Heading
            as="h1"
            dir={props.ownHeading ? 'auto' : undefined}
            style={{ color: ink, fontSize: 20, lineHeight: '28px', margin: '0 0 12px' }}
          >
            {props.heading}
          </Heading>
          {props.children}
          <Hr style={{ borderColor: '#e2e3df', margin: '24px 0 12px' }} />
          <Text style={{ color: quiet, fontSize: 12, lineHeight: '18px', margin: 0 }}>{t('layout.why')}</Text>
        </Container>
      </Body>
    </Html>
  );
}

export function P(props: { children: ReactNode }) {
  return (
    <Text style={{ color: ink, fontSize: 15, lineHeight: '23px', margin: '0 0 12px' }}>{props.children}</Text>
  );
}

export function Small(props: { children: ReactNode }) {
  return (
    <Text style={{ color: quiet, fontSize: 13, lineHeight: '20px', margin: '0 0 12px' }}>
      {props.children}
    </Text>
  );
}

/** A quotation of the user's own content. The direction of each line follows its first letter. */
export function Quote(props: { label: string; children: string }) {
  return (
    <Section style={{ borderLeft: '3px solid #cfd5d3', margin: '0 0 12px', paddingLeft: 12 }}>
      <Text style={{ color: quiet, fontSize: 12, margin: '0 0 2px' }}>{props.label}</Text>
      <Text
        dir="auto"
        style={{
          color: ink,
          fontSize: 14,
          lineHeight: '21px',
          margin: 0,
          unicodeBidi: 'plaintext',
          whiteSpace: 'pre-wrap',
        }}
      >
        {props.children.split('\n').map((line, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: rendered once
          <Fragment key={i}>
            {i > 0 ? <br /> : null}
            {line}
          </Fragment>
        ))}
      </Text>
    </Section>
  );
}

export function Go(props: { href: string; children: ReactNode }) {
  return (
    <Section style={{ margin: '16px 0' }}>
      <Button
        href={props.href}
        style={{
          backgroundColor: teal,
          borderRadius: 8,
          color: '#ffffff',
          fontSize: 15,
          fontWeight: 600,
          padding: '11px 18px',
        }}
      >
        {props.children}
      </Button>
    </Section>
  );
}

export function A(props: { href: string; children: ReactNode }) {
  return (
    <Link href={props.href} style={{ color: teal, textDecoration: 'underline' }}>
      {props.children}
    </Link>
  );
}
