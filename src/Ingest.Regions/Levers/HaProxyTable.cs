namespace Ingest.Regions;

/// <summary>What <c>show servers state</c> answers: a version, a line of column names, and a line a server.</summary>
internal static class HaProxyTable
{
    /// <summary>Reads the lines, each as values by column.</summary>
    /// <exception cref="LeverException">It is something else, such as what is wrong with the command.</exception>
    public static IReadOnlyList<Dictionary<string, string>> Parse(string answer)
    {
        var lines = answer.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (lines is not ["1", ['#', ' ', .. var header], .. var servers])
            throw new LeverException($"HAProxy says: {(answer.Trim() is { Length: > 0 } text ? text : "nothing")}");
        var columns = header.Split(' ');
        return
        [
            .. servers.Select(server => columns.Zip(server.Split(' '))
                .ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal)),
        ];
    }
}
