using Ingest.Bench;

// Servers that it starts to measure them are processes of their own.
switch (args)
{
    case [FloorSubject.Verb, var file]:
        await FloorSubject.ServeAsync(file);
        return 0;
    case [RedisSubject.Verb, var socket]:
        await RedisSubject.ServeAsync(socket);
        return 0;
    case [PutServer.Verb, var folder]:
        await PutServer.ServeAsync(folder);
        return 0;
    default:
        return await BenchCommand.Create().Parse(args).InvokeAsync();
}
