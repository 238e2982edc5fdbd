'use client';

import { Plus, Trash2 } from 'lucide-react';
import Link from 'next/link';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Checkbox } from '@/components/ui/checkbox';
import { Field, FieldSet } from '@/components/ui/field';
import { FormErrors } from '@/components/ui/form-errors';
import { Input } from '@/components/ui/input';
import { NativeSelect } from '@/components/ui/native-select';
import { RadioCard, RadioGroup } from '@/components/ui/radio-group';
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from '@/components/ui/select';
import { Slider } from '@/components/ui/slider';
import { Switch } from '@/components/ui/switch';
import { Textarea } from '@/components/ui/textarea';
import { Line, Sample } from './sample';

const VARIANTS = ['default', 'secondary', 'outline', 'ghost', 'destructive', 'link'] as const;

export function Controls({ name }: { name: string }) {
  const [creativity, setCreativity] = useState(40);
  const [failed, setFailed] = useState(false);
  const id = (part: string) => `${name}-${part}`;
  return (
    <>
      <Sample name="button">
        <Line>
          {VARIANTS.map((variant) => (
            <Button key={variant} variant={variant}>
              {variant}
            </Button>
          ))}
        </Line>
        <Line>
          <Button size="sm">Small</Button>
          <Button>Default</Button>
          <Button size="lg">Large</Button>
          <Button size="icon" aria-label="Add">
            <Plus aria-hidden />
          </Button>
          <Button size="icon-sm" variant="ghost" aria-label="Delete">
            <Trash2 aria-hidden />
          </Button>
        </Line>
        <Line>
          <Button loading>Saving</Button>
          <Button variant="outline" loading>
            Saving
          </Button>
          <Button disabled>Off</Button>
          <Button variant="outline" disabled>
            Off
          </Button>
          <Button asChild variant="outline">
            <Link href="#main">A link</Link>
          </Button>
        </Line>
      </Sample>
      <Sample name="field, input, textarea, select">
        <div className="grid gap-5 sm:grid-cols-2">
          <Field label="Name" help="As your customers see it.">
            <Input placeholder="Paper River" />
          </Field>
          <Field label="E-mail" required error="Write an address such as ada@example.com.">
            <Input type="email" defaultValue="ada@" />
          </Field>
          <Field label="Off" optional>
            <Input disabled defaultValue="Cannot be changed" />
          </Field>
          <Field label="Read only">
            <Input readOnly defaultValue="wks_01j9" />
          </Field>
          <Field label="Post" aside="212 of 280" className="sm:col-span-2">
            <Textarea defaultValue="Five shortcuts I use every day, and the one that I wish I had known years ago." />
          </Field>
          <Field label="Time zone">
            <NativeSelect defaultValue="Europe/Berlin">
              <option>Europe/Berlin</option>
              <option>Asia/Kathmandu</option>
            </NativeSelect>
          </Field>
          <Field label="Topic">
            {(wiring) => (
              <Select>
                <SelectTrigger {...wiring}>
                  <SelectValue placeholder="Choose a topic" />
                </SelectTrigger>
                <SelectContent>
                  <SelectItem value="memes">Memes</SelectItem>
                  <SelectItem value="tech">Tech</SelectItem>
                  <SelectItem value="finance" disabled>
                    Finance, with Pro
                  </SelectItem>
                </SelectContent>
              </Select>
            )}
          </Field>
          <Field label="File">
            <Input type="file" />
          </Field>
          <Field label="Right to left">
            <Input dir="auto" defaultValue="مخطط أسبوعي للطباعة" />
          </Field>
        </div>
      </Sample>
      <Sample name="form-errors">
        <form
          className="grid gap-4"
          onSubmit={(event) => {
            event.preventDefault();
            setFailed(true);
          }}
        >
          <FormErrors
            message={failed ? 'Some fields need another look.' : undefined}
            fields={failed ? { [id('price')]: 'Write an amount such as 12.34.' } : undefined}
            labels={{ [id('price')]: 'Price' }}
          />
          <Field label="Price" id={id('price')} error={failed ? 'Write an amount such as 12.34.' : undefined}>
            <Input inputMode="decimal" defaultValue="twelve" />
          </Field>
          <Line>
            <Button type="submit">Save product</Button>
            <Button variant="ghost" onClick={() => setFailed(false)}>
              Clear
            </Button>
          </Line>
        </form>
      </Sample>
      <Sample name="checkbox, switch, radio-group, slider">
        <Field layout="row" label="Add hashtags" help="At most three.">
          <Checkbox defaultChecked />
        </Field>
        <Line>
          <Checkbox aria-label="Off" />
          <Checkbox aria-label="Partly" checked="indeterminate" />
          <Checkbox aria-label="On" defaultChecked />
          <Checkbox aria-label="Cannot be changed" disabled defaultChecked />
          <Switch aria-label="Off" />
          <Switch aria-label="On" defaultChecked />
          <Switch aria-label="Cannot be changed" disabled />
        </Line>
        <FieldSet legend="Before a post goes out">
          <RadioGroup defaultValue="review" aria-label="Before a post goes out">
            <RadioCard value="review" title="Review first" description="Each post waits for your word." />
            <RadioCard
              value="at_once"
              title="Post at once"
              description="What is scheduled goes out by itself."
            />
            <RadioCard value="off" disabled title="Cannot be chosen" />
          </RadioGroup>
        </FieldSet>
        <Field label="Creativity" aside={creativity}>
          {(wiring) => (
            <Slider
              {...(wiring.id ? { id: wiring.id } : {})}
              aria-label="Creativity"
              value={creativity}
              onValueChange={setCreativity}
            />
          )}
        </Field>
        <Slider aria-label="Cannot be changed" disabled defaultValue={30} />
      </Sample>
    </>
  );
}
