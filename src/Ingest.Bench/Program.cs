using Ingest.Bench;

if (args is [FloorSubject.Verb, var file])
{
    await FloorSubject.ServeAsync(file);
    return 0;
}

return await BenchCommand.Create().Parse(args).InvokeAsync();
