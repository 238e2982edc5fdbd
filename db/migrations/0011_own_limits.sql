ALTER TABLE "tributary"."connections" ADD COLUMN "limits" jsonb;--> statement-breakpoint
ALTER TABLE "tributary"."connections" ADD COLUMN "limits_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "tributary"."files" ADD COLUMN "pages" integer;