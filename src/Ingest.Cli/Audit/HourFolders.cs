using System.Runtime.CompilerServices;
using Ingest.Engine;

namespace Ingest.Cli;

/// <summary>Finds the folders of a span's hours without listing those of other days.</summary>
internal static class HourFolders
{
    /// <summary>Folders <c>dt=…/hr=…/</c> below a folder, with the hours that they are of.</summary>
    public static async IAsyncEnumerable<(LakeHour Hour, string Folder)> ListAsync(
        ILake lake, string above, HourSpan span, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var day in lake.ListFoldersAsync(above, cancellation))
        {
            if (!span.Touches(day))
                continue;
            await foreach (var name in lake.ListFoldersAsync($"{above}{day}/", cancellation))
            {
                if (LakeLayout.TryReadHour(day, name, out var hour) && span.Contains(hour))
                    yield return (hour, $"{above}{day}/{name}/");
            }
        }
    }
}
