"""Durable jobs: asked for in the caller's own transaction, run by any worker, killed at any line and run again."""

from kit.jobs.domain import Job, JobCancelled
from kit.jobs.queue import Handler, Queue, Run
from kit.jobs.routes import JobOut, Option, jobs_router

__all__ = ["Handler", "Job", "JobCancelled", "JobOut", "Option", "Queue", "Run", "jobs_router"]
