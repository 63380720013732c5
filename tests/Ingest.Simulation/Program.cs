using Ingest.Simulation;

return SimulateCommand.Create().Parse(args).Invoke();
