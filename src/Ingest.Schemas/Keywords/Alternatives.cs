using System.Text;

namespace Ingest.Schemas;

/// <summary>The error of a value that matches none of several alternatives.</summary>
internal static class Alternatives
{
    /// <summary>Alternatives whose first error is told; a message has room for few.</summary>
    private const int ToldMax = 3;

    /// <summary>Reports one error that names why each of the first alternatives fails. Returns false.</summary>
    public static bool ReportNone(ref Validation run, KeywordSite site, int row, SchemaNode[] branches)
    {
        if (!run.Collecting)
            return false;
        var message = new StringBuilder()
            .Append("found ").Append(JsonDescription.Of(run.Instance, row))
            .Append(", expected a match of one of ").Append(branches.Length).Append(" alternatives");
        var here = JsonPointer.To(run.Instance, row);
        for (var i = 0; i < Math.Min(branches.Length, ToldMax) && run.Collecting; i++)
        {
            if (run.FirstError(branches[i], row) is not { } error)
                continue;
            message.Append("; ").Append(i).Append(": ");
            if (error.InstanceLocation.Length > here.Length)
                message.Append("at ").Append(error.InstanceLocation.AsSpan(here.Length)).Append(' ');
            message.Append(error.Message);
        }

        return run.Report(site.Location, row, message.ToString());
    }
}
