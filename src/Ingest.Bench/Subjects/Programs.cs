using System.Net;
using System.Net.Sockets;

namespace Ingest.Bench;

/// <summary>Programs of this machine.</summary>
internal static class Programs
{
    private static readonly string[] UsualFolders = ["/usr/sbin", "/usr/local/sbin", "/usr/local/bin", "/opt/fluent-bit/bin"];

    /// <summary>The path of an installed program; null where there is none.</summary>
    public static string? Find(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Concat(UsualFolders)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);

    /// <summary>The assembly of a program of this repository; null where it is not built.</summary>
    public static string? FindOwn(string project)
    {
        // Programs are built into src/PROJECT/bin/Release/net10.0, as this one is.
        var path = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../..", project, "bin/Release/net10.0", project + ".dll"));
        return File.Exists(path) ? path : null;
    }

    /// <summary>A port that was free just now, for programs that cannot let the system choose.</summary>
    public static IPEndPoint FreeEndpoint()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return (IPEndPoint)socket.LocalEndPoint!;
    }

    /// <summary>True once somebody listens there.</summary>
    public static async Task<bool> ListensAsync(EndPoint endpoint)
    {
        using var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, endpoint.AddressFamily == AddressFamily.Unix ? ProtocolType.Unspecified : ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(endpoint);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Bytes of all files below a folder; 0 where it does not exist.</summary>
    public static long BytesOf(string folder) => Directory.Exists(folder)
        ? new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(LengthOf)
        : 0;

    private static long LengthOf(FileInfo file)
    {
        try
        {
            return file.Length;
        }
        catch (FileNotFoundException)
        {
            // Gone since it was listed.
            return 0;
        }
    }
}
