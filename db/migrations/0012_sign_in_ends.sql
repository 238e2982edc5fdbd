ALTER TABLE "tributary"."grants" ADD COLUMN "signed_in_as" text;--> statement-breakpoint
ALTER TABLE "tributary"."grants" ADD COLUMN "requested" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "tributary"."grants" ADD COLUMN "renewable" boolean;--> statement-breakpoint
ALTER TABLE "tributary"."grants" ADD COLUMN "ending_notice" integer;--> statement-breakpoint
ALTER TABLE "tributary"."oauth_states" ADD COLUMN "scopes" jsonb DEFAULT '[]'::jsonb NOT NULL;