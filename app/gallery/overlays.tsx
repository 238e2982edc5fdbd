'use client';

import { Ellipsis, PenLine, Trash2 } from 'lucide-react';
import { Button } from '@/components/ui/button';
import {
  Command,
  CommandEmpty,
  CommandGroup,
  CommandInput,
  CommandItem,
  CommandList,
} from '@/components/ui/command';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import {
  Dialog,
  DialogClose,
  DialogContent,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
  DialogTrigger,
} from '@/components/ui/dialog';
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from '@/components/ui/dropdown-menu';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Popover, PopoverContent, PopoverTrigger } from '@/components/ui/popover';
import {
  Sheet,
  SheetContent,
  SheetDescription,
  SheetHeader,
  SheetTitle,
  SheetTrigger,
} from '@/components/ui/sheet';
import { Tabs, TabsContent, TabsList, TabsTrigger } from '@/components/ui/tabs';
import { toast } from '@/components/ui/toast';
import { Hint } from '@/components/ui/tooltip';
import { Line, Sample } from './sample';

/** Samples of the overlays. Portals render outside this column, so they use the page's own theme. */
export function Overlays({ name }: { name: string }) {
  return (
    <>
      <Sample name="dialog, confirm-dialog, sheet, popover, dropdown-menu, tooltip">
        <Line>
          <Dialog>
            <DialogTrigger asChild>
              <Button variant="outline">Dialogue</Button>
            </DialogTrigger>
            <DialogContent>
              <DialogHeader>
                <DialogTitle>Reschedule the post</DialogTitle>
                <DialogDescription>The time is in your workspace’s zone, Europe/Berlin.</DialogDescription>
              </DialogHeader>
              <Field label="New time">
                <Input type="datetime-local" />
              </Field>
              <DialogFooter>
                <DialogClose asChild>
                  <Button variant="outline">Cancel</Button>
                </DialogClose>
                <Button>Reschedule</Button>
              </DialogFooter>
            </DialogContent>
          </Dialog>
          <ConfirmDialog
            trigger={<Button variant="outline">Question</Button>}
            title="Disconnect PaperRiver on Etsy?"
            description="Its tokens are deleted. Listings stay on Etsy, and sales are no longer read."
            confirmLabel="Disconnect"
            onConfirm={() => toast('Disconnected')}
          />
          <Sheet>
            <SheetTrigger asChild>
              <Button variant="outline">Sheet</Button>
            </SheetTrigger>
            <SheetContent>
              <SheetHeader>
                <SheetTitle>Run of 14:00</SheetTitle>
                <SheetDescription>Read the sales of PaperRiver.</SheetDescription>
              </SheetHeader>
              <p>Three steps, 1.2 seconds.</p>
            </SheetContent>
          </Sheet>
          <Popover>
            <PopoverTrigger asChild>
              <Button variant="outline">Popover</Button>
            </PopoverTrigger>
            <PopoverContent>Estimates rest on the last 30 days.</PopoverContent>
          </Popover>
          <DropdownMenu>
            <DropdownMenuTrigger asChild>
              <Button variant="outline" size="icon" aria-label="More about this post">
                <Ellipsis aria-hidden />
              </Button>
            </DropdownMenuTrigger>
            <DropdownMenuContent>
              <DropdownMenuItem>
                <PenLine aria-hidden />
                Edit
              </DropdownMenuItem>
              <DropdownMenuItem disabled>Post now</DropdownMenuItem>
              <DropdownMenuSeparator />
              <DropdownMenuItem variant="destructive">
                <Trash2 aria-hidden />
                Delete
              </DropdownMenuItem>
            </DropdownMenuContent>
          </DropdownMenu>
          <Hint text="Opens the ledger">
            <Button variant="ghost">Tooltip</Button>
          </Hint>
        </Line>
      </Sample>
      <Sample name="tabs">
        <Tabs defaultValue="first">
          <TabsList aria-label={`Platforms, ${name}`}>
            <TabsTrigger value="first">X</TabsTrigger>
            <TabsTrigger value="second">Facebook</TabsTrigger>
            <TabsTrigger value="third" disabled>
              Etsy
            </TabsTrigger>
          </TabsList>
          <TabsContent value="first">The version for X.</TabsContent>
          <TabsContent value="second">The version for Facebook.</TabsContent>
        </Tabs>
      </Sample>
      <Sample name="command">
        <Command className="border border-border" label="Commands">
          <CommandInput placeholder="Where to, or what to do" aria-label="Search commands" />
          <CommandList>
            <CommandEmpty>Nothing has this name.</CommandEmpty>
            <CommandGroup heading="Do">
              <CommandItem>
                <PenLine aria-hidden />
                Write a post
              </CommandItem>
              <CommandItem disabled>
                <Trash2 aria-hidden />
                Cannot be done now
              </CommandItem>
            </CommandGroup>
          </CommandList>
        </Command>
      </Sample>
    </>
  );
}
