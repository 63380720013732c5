using Ingest.Fuzz;

return FuzzCommand.Create().Parse(args).Invoke();
