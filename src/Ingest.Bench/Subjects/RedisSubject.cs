using System.Net;
using System.Net.Sockets;

namespace Ingest.Bench;

/// <summary>
/// A stream in Redis that syncs every command (appendfsync always), behind the same HTTP front as the floor. One entry a request,
/// not one an event, which is to its advantage. Both processes count.
/// </summary>
/// <param name="program">The path of redis-server.</param>
internal sealed class RedisSubject(string program) : ISubject
{
    public const string Verb = "redis-front";

    public string Name => "redis";

    public string About => "Redis streams with appendfsync always behind an HTTP front; one entry a request; ships nothing";

    public async Task<IRunningSubject> StartAsync(SubjectSetup setup)
    {
        var socket = Path.Combine(setup.Folder, "redis.sock");
        var redis = ServerProcess.Start(program, ["--port", "0", "--unixsocket", socket, "--dir", setup.Folder, "--save", "", "--appendonly", "yes", "--appendfsync", "always"]);
        var endpoint = new UnixDomainSocketEndPoint(socket);
        await redis.WaitForAsync(async () => await Programs.ListensAsync(endpoint) ? endpoint : null);
        var front = ServerProcess.StartSelf(Verb, socket);
        var address = IPEndPoint.Parse(await front.FirstLine);
        return new PeerServer([front, redis], new Target(address, "/"), redis.Age, Path.Combine(setup.Folder, "appendonlydir"));
    }

    /// <summary>The front's process.</summary>
    public static async Task ServeAsync(string socket)
    {
        await using var stream = await RedisStream.ConnectAsync(new UnixDomainSocketEndPoint(socket));
        await await Task.WhenAny(FrontServer.ServeAsync(stream.AddAsync), stream.Ended);
    }
}
